import type { FullOperationResponse } from "@azure/core-client";
import { type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { redactTokens } from "../pipeline/redact.js";
import { readErrorDetails } from "./errorDetails.js";
import { contentTypeOf, parseJsonBody } from "./jsonBody.js";
import type { Operation } from "./operation.js";

export interface Answer<Result> {
  readonly response: FullOperationResponse;
  readonly result: Result;
}

/**
 * Reads the response to an operation. Every 2xx whose body has the required members is a success.
 *
 * @param methodName - The name of the client's method, for messages.
 * @param shouldDeserialize - As in core-client: if it is or returns false, the result is the parsed body as the
 * service sent it, whatever the status.
 * @throws RestError for any other response. For a 2xx, whose body may hold a token, the error contains none of it, except
 * the identity of a user that got no token.
 */
export function readAnswer<Result>(
  methodName: string,
  operation: Operation<Result>,
  pipelineResponse: PipelineResponse,
  shouldDeserialize: boolean | ((response: PipelineResponse) => boolean),
): Answer<Result> {
  const response = pipelineResponse as FullOperationResponse;
  response.parsedBody = parseJsonBody(response);
  if (typeof shouldDeserialize === "function" ? !shouldDeserialize(response) : !shouldDeserialize) {
    return { response, result: (response.parsedBody ?? {}) as Result };
  }
  const { status, request } = response;
  if (status < 200 || status > 299) {
    const details = readErrorDetails(response);
    const code = details.error?.code ?? response.headers.get("x-ms-error-code");
    const reason = challengeReason(response);
    const message = `${details.error?.message || describe(methodName, response)}${reason && ` (${reason})`}`;
    const error = new RestError(message, { ...(code && { code }), statusCode: status, request, response });
    throw Object.assign(error, { details });
  }
  if (!operation.deserialize) return { response, result: undefined as Result };
  try {
    const result = operation.deserialize(response.parsedBody);
    response.parsedBody = result;
    return { response, result };
  } catch (error) {
    const { message, details } = error as RestError;
    const { bodyAsText: _, parsedBody: __, ...rest } = response;
    throw Object.assign(
      new RestError(`${describe(methodName, response)}, but ${message}.`, {
        code: RestError.PARSE_ERROR,
        statusCode: status,
        request,
        response: rest,
      }),
      { details },
    );
  }
}

/** For example: `getToken received 502 (text/html), request id 8ef2…`. */
function describe(methodName: string, response: FullOperationResponse): string {
  const type = contentTypeOf(response);
  return `${methodName} received ${response.status}${type && ` (${type.slice(0, 80)})`}, request id ${response.request.requestId}`;
}

/** Returns why a server refuses a token, as its challenge says (RFC 6750): often more than the body does. */
function challengeReason({ status, headers }: FullOperationResponse): string {
  const challenge = status === 401 ? headers.get("WWW-Authenticate") : undefined;
  const [, reason = ""] = /\berror_description="([^"]*)"/i.exec(challenge ?? "") ?? [];
  return redactTokens(reason)
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, 500);
}
