import type { FullOperationResponse } from "@azure/core-client";
import { type PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import type { ErrorDetails, ServiceError } from "../errors.js";
import { safeExcerpt } from "../pipeline/redact.js";
import { parseUrl } from "../shared/parseUrl.js";
import type { Operation } from "./operation.js";

type JsonObject = Record<string, unknown>;

const jsonType = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** No real error has more inner errors. An empty one takes three bytes of a body, and a hundred in memory. */
const maxErrors = 100;

/** Tells whether a response may have a token in its body. */
export const is2xx = ({ status }: PipelineResponse): boolean => status >= 200 && status < 300;

/**
 * Reads the response to an operation. It's a success if it has a status and the members that the specification requires.
 * @param shouldDeserialize - As in core-client: if it is or returns false, the result is the parsed body as the
 * service sent it, whatever the status.
 * @throws RestError for any other response. For a 2xx, whose body may hold a token, the error contains none of it, except
 * the id of a user that was created.
 */
export function readResponse<Result>(
  operation: Operation<unknown, Result>,
  response: FullOperationResponse,
  shouldDeserialize: boolean | ((response: PipelineResponse) => boolean),
): Result {
  const isRaw = typeof shouldDeserialize === "function" ? !shouldDeserialize(response) : !shouldDeserialize;
  const body = parseJsonBody(response);
  if (isRaw) {
    response.parsedBody = body;
    return (body ?? {}) as Result;
  }
  if (!is2xx(response)) throw toError(operation, response, readErrorDetails(response, body));
  try {
    const { statuses, deserialize } = operation;
    if (!statuses.includes(response.status))
      throw new TypeError(`only ${statuses.join(" or ")} is a success`);
    response.parsedBody = deserialize?.(body);
    return response.parsedBody;
  } catch (caught) {
    const { bodyAsText: _, ...withoutBody } = response;
    const problem = `, but ${(caught as TypeError).message}`;
    throw toError(operation, withoutBody, readIdentity(response, body), problem);
  }
}

function toError(
  { name }: Operation<unknown, unknown>,
  response: PipelineResponse,
  details: ErrorDetails,
  problem = "",
): RestError {
  const { request, status: statusCode, headers } = response;
  const { error: { code: given = headers.get("x-ms-error-code"), message } = {}, emulatorDiagnosis } =
    details;
  const code = problem ? RestError.PARSE_ERROR : given;
  const what = message || `${describeResponse(name, response)}${problem}`;
  const diagnosis = emulatorDiagnosis ? ` (Emulator: ${emulatorDiagnosis})` : "";
  const text = `${what}${challengeReason(response)}${diagnosis}${message || given ? "" : endpointHint(response)}`;
  const error = new RestError(text, { ...(code && { code }), statusCode, request, response });
  return Object.assign(error, { details });
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

/** Reads the error in a response; `{}` if there is none. Keeps only known members of the right type. */
function readErrorDetails({ request, headers }: PipelineResponse, body: unknown): ErrorDetails {
  // Gateways omit the envelope.
  const { error: envelope, code, message } = (body ?? {}) as JsonObject;
  const isFlat = [code, message].some((value) => typeof value === "string");
  const error = readError(isObject(envelope) ? envelope : isFlat && { code, message });
  const diagnosis = headers.get("x-ms-emulator-diagnosis");
  // Another server may send this header, too, but it could as well write the text into the message of its error.
  const emulatorDiagnosis = diagnosis && safeExcerpt(diagnosis, request, 2000);
  return { ...(error && { error }), ...(emulatorDiagnosis && { emulatorDiagnosis }) };
}

function readError(given: unknown, left = { errors: maxErrors }): ServiceError | undefined {
  if (!isObject(given) || left.errors-- <= 0) return undefined;
  const error: ServiceError = {};
  for (const name of ["code", "message", "target"] as const) {
    const text = given[name];
    if (typeof text === "string") error[name] = text;
  }
  if (Array.isArray(given.details)) {
    error.details = given.details.flatMap((item) => readError(item, left) ?? []);
  }
  const innerError = readError(given.innererror, left);
  if (innerError) error.innerError = innerError;
  return error;
}

/** Reads which user was created, although the call fails. */
function readIdentity({ request }: PipelineResponse, body: unknown): ErrorDetails {
  const id = (body as { identity?: { id?: unknown } } | undefined)?.identity?.id;
  return typeof id === "string" && id ? { identity: { id: safeExcerpt(id, request, 200) } } : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

/** For example: `getToken received 502 (text/html), request id 8ef2…`. */
function describeResponse(name: string, { request, status, headers }: PipelineResponse): string {
  const type = headers.get("Content-Type")?.split(";", 1)[0];
  const location = status > 299 && status < 400 ? headers.get("Location") : undefined;
  const target = location && parseUrl(location, request.url);
  const shownType = type ? ` (${safeExcerpt(type.trim(), request, 80)})` : "";
  const redirect = target
    ? `, a redirect to ${safeExcerpt(target.origin + target.pathname, request, 200)}, which isn't followed`
    : "";
  return `${name} received ${status}${shownType}${redirect}, request id ${request.requestId}`;
}

/** Says what to do about a response that doesn't look like one of the service. */
function endpointHint({ request, status, headers }: PipelineResponse): string {
  const isPage = status < 500 && /html/i.test(`${headers.get("Content-Type")}`);
  return isPage || status === 404 ? `. Check the endpoint (${new URL(request.url).host}) and the proxy.` : "";
}

/** Shows why a server refuses a token, as its challenge says (RFC 6750): often more than the body does. */
function challengeReason({ request, status, headers }: PipelineResponse): string {
  const challenge = (status === 401 && headers.get("WWW-Authenticate")) || "";
  const reason = /\berror_description="([^"]+)"/i.exec(challenge)?.[1];
  return reason ? ` (${safeExcerpt(reason, request, 500)})` : "";
}
