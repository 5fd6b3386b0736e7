import type { FullOperationResponse } from "@azure/core-client";
import { type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import type { ErrorDetails, ServiceError } from "../errors.js";
import { redact } from "../pipeline/redact.js";
import { isLoopback } from "../shared/loopback.js";
import { membersOf } from "../shared/membersOf.js";
import { parseUrl } from "../shared/parseUrl.js";
import type { Operation } from "./operation.js";

const jsonType = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Deeper than any real error, but shallow enough that printing the error can't overflow the stack. */
const maxDepth = 8;

export function isSuccess({ status }: PipelineResponse): boolean {
  return status >= 200 && status < 300;
}

/**
 * Reads the response to an operation. Every 2xx whose body has the required members is a success.
 *
 * @param shouldDeserialize - As in core-client: if it is or returns false, the result is the parsed body as the
 * service sent it, whatever the status.
 * @throws RestError for any other response. For a 2xx, whose body may hold a token, the error contains none of it, except
 * the identity of a user that got no token.
 */
export function readResponse<Result>(
  operation: Operation<unknown, Result>,
  response: FullOperationResponse,
  shouldDeserialize: boolean | ((response: PipelineResponse) => boolean),
): Result {
  response.parsedBody = parseJsonBody(response);
  if (typeof shouldDeserialize === "function" ? !shouldDeserialize(response) : !shouldDeserialize) {
    return (response.parsedBody ?? {}) as Result;
  }
  const { status: statusCode, request, parsedBody } = response;
  if (!isSuccess(response)) {
    const details = readErrorDetails(response);
    const code = details.error?.code ?? response.headers.get("x-ms-error-code");
    const reason = challengeReason(response);
    const message = `${details.error?.message || describe(operation, response)}${reason && ` (${reason})`}`;
    const error = new RestError(message, { ...(code && { code }), statusCode, request, response });
    throw Object.assign(error, { details });
  }
  if (!operation.deserialize) return undefined as Result;
  try {
    const result = operation.deserialize(parsedBody);
    response.parsedBody = result;
    return result;
  } catch (caught) {
    const { message, details } = caught as RestError;
    const { bodyAsText: _, parsedBody: __, ...rest } = response;
    const error = new RestError(`${describe(operation, response)}, but ${message}.`, {
      code: RestError.PARSE_ERROR,
      statusCode,
      request,
      response: rest,
    });
    throw Object.assign(error, { details });
  }
}

/** Returns the parsed body, or undefined if it's empty, has another content type or isn't JSON. */
function parseJsonBody({ bodyAsText, headers }: PipelineResponse): unknown {
  const type = headers.get("Content-Type");
  if (!bodyAsText || (type && !jsonType.test(type))) return undefined;
  try {
    // `trim` also removes a byte order mark.
    return JSON.parse(bodyAsText.trim());
  } catch {
    // The parser's error quotes the start of the body, which may be a token.
    return undefined;
  }
}

/** Reads the error envelope of a response; `{}` if there is none. Keeps only known members of the right type. */
function readErrorDetails({ request, headers, parsedBody }: FullOperationResponse): ErrorDetails {
  const error = isObject(parsedBody) ? readError(membersOf(parsedBody, "error").error, 1) : undefined;
  const diagnosis = headers.get("x-ms-emulator-diagnosis");
  const emulatorDiagnosis =
    diagnosis && isLoopback(new URL(request.url).hostname) && printable(diagnosis).slice(0, 2000);
  return { ...(error && { error }), ...(emulatorDiagnosis && { emulatorDiagnosis }) };
}

function readError(given: unknown, depth: number): ServiceError | undefined {
  if (!isObject(given) || depth > maxDepth) return undefined;
  const value = membersOf(given, "code", "message", "target", "details", "innererror");
  const error: ServiceError = {};
  for (const name of ["code", "message", "target"] as const) {
    const text = value[name];
    if (typeof text === "string") error[name] = text;
  }
  if (Array.isArray(value.details)) {
    error.details = value.details.flatMap((item) => readError(item, depth + 1) ?? []);
  }
  const innerError = readError(value.innererror, depth + 1);
  if (innerError) error.innerError = innerError;
  return error;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** For example: `getToken received 502 (text/html), request id 8ef2…`. */
function describe({ name }: { name: string }, { request, status, headers }: PipelineResponse): string {
  const [type = ""] = (headers.get("Content-Type") ?? "").split(";", 1);
  const location = status > 299 && status < 400 ? headers.get("Location") : undefined;
  const target = location && parseUrl(location, request.url);
  const shownType = type && ` (${redact(type.trim()).slice(0, 80)})`;
  const redirect = target
    ? `, a redirect to ${redact(target.origin + target.pathname).slice(0, 200)}, which isn't followed`
    : "";
  return `${name} received ${status}${shownType}${redirect}, request id ${request.requestId}`;
}

/** Returns why a server refuses a token, as its challenge says (RFC 6750): often more than the body does. */
function challengeReason({ status, headers }: PipelineResponse): string {
  const challenge = status === 401 ? headers.get("WWW-Authenticate") : undefined;
  const [, reason = ""] = /\berror_description="([^"]*)"/i.exec(challenge ?? "") ?? [];
  return printable(redact(reason)).slice(0, 500);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
