import type { FullOperationResponse } from "@azure/core-client";
import { type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import { readErrorDetails } from "./errorDetails.js";
import { contentTypeOf, parseJsonBody } from "./jsonBody.js";
import type { Operation } from "./sendOperation.js";

export interface Answer<Result> {
  readonly response: FullOperationResponse;
  readonly result: Result;
}

/**
 * Reads the answer to an operation. Every 2xx whose body has the required members is a success.
 *
 * @param shouldDeserialize - As in core-client: false (or a function that says so) gives the parsed body as it
 * came, whatever the status.
 * @throws RestError for any other answer. For a 2xx, whose body may hold a token, no byte of it is in the error.
 */
export function readAnswer<Result>(
  operation: Operation<Result>,
  pipelineResponse: PipelineResponse,
  shouldDeserialize: boolean | ((response: PipelineResponse) => boolean),
): Answer<Result> {
  const response = pipelineResponse as FullOperationResponse;
  response.parsedBody = parseJsonBody(response);
  if (typeof shouldDeserialize === "function" ? !shouldDeserialize(response) : !shouldDeserialize) {
    return { response, result: (response.parsedBody ?? {}) as Result };
  }
  if (response.status < 200 || response.status > 299) throw failure(operation, response);
  if (!operation.deserialize) return { response, result: undefined as Result };
  try {
    const result = operation.deserialize(response.parsedBody);
    response.parsedBody = result;
    return { response, result };
  } catch (error) {
    throw unreadable(
      operation,
      response,
      error instanceof TypeError ? error.message : "its body can't be read",
    );
  }
}

function failure(operation: Operation<unknown>, response: FullOperationResponse): RestError {
  const { error } = readErrorDetails(response);
  const code = error?.code ?? response.headers.get("x-ms-error-code");
  return new RestError(error?.message || describe(operation, response), {
    ...(code !== undefined && { code }),
    statusCode: response.status,
    request: response.request,
    response,
  });
}

function unreadable(operation: Operation<unknown>, response: FullOperationResponse, why: string): RestError {
  const { bodyAsText: _, parsedBody: __, ...withoutBody } = response;
  return new RestError(`${describe(operation, response)}, but ${why}.`, {
    code: RestError.PARSE_ERROR,
    statusCode: response.status,
    request: response.request,
    response: withoutBody,
  });
}

/** `issueAccessToken was answered 502 (text/html), request id 8ef2…`. */
function describe(operation: Operation<unknown>, response: FullOperationResponse): string {
  const type = contentTypeOf(response);
  const requestId = response.headers.get("x-ms-client-request-id") ?? response.request.requestId;
  return `${operation.name} was answered ${response.status}${type && ` (${type.slice(0, 80)})`}, request id ${requestId}`;
}
