import { isRestError, type PipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { proxyRefusal } from "../shared/proxyRefusal.js";

const lostConnection = /^(?:UND_ERR_(?:SOCKET|INFO|RES_CONTENT)|ERR_HTTP2_)/;
const nodeCodes: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
  // Only the CONNECT request to a proxy has this limit, since the request itself has a timeout of its own.
  UND_ERR_HEADERS_TIMEOUT: "ETIMEDOUT",
};

/**
 * Converts an error of undici, except an AbortError, to one with the code of node:http, which retry policies recognize. It has
 * no `cause`, because undici's parser keeps bytes of the response on its errors, and no `response`, because core's retry
 * policies would take it for a complete one and not retry.
 *
 * @param status - The status of the response whose body failed, if there was one.
 */
export function toRestError(error: unknown, request: PipelineRequest, status?: number): Error {
  if (isRestError(error) || error instanceof DOMException) return error;
  const {
    name,
    message,
    code = RestError.REQUEST_SEND_ERROR,
    cause,
  } = Object(error) as NodeJS.ErrnoException;
  // The caller set a header that can't be sent. node:http and fetch throw a TypeError for that, too.
  if (code === "UND_ERR_INVALID_ARG") return new TypeError(message);
  // undici 8 wraps the error of a connection to a proxy.
  if (cause && code.startsWith("UND_ERR_PRX_")) return toRestError(cause, request, status);
  // Only the message tells of an upgrade and, below, of the status of a proxy.
  if (message === "bad upgrade") {
    const text = "The server switched to another protocol (101), which the request didn't ask for.";
    return new RestError(text, { code: RestError.REQUEST_SEND_ERROR, statusCode: 101, request });
  }
  const [, proxyStatus] = /^Proxy response \((\d+)\)/.exec(message) ?? [];
  const refusal = proxyStatus && proxyRefusal(Number(proxyStatus));
  if (refusal) return new RestError(refusal.message, { code: refusal.code, request });
  const isLost = lostConnection.test(code) || (status !== undefined && name === "HTTPParserError");
  const options = { code: isLost ? "ECONNRESET" : (nodeCodes[code] ?? code), request };
  if (status === undefined) return new RestError(message, options);
  const text = `The body of the response with status ${status} could not be read: ${message}.`;
  return new RestError(text, { ...options, statusCode: status });
}
