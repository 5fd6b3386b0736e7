import { type PipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { proxyRefusal } from "../pipeline/proxyRefusal.js";

const lostConnection = /^(?:UND_ERR_(?:SOCKET|INFO|RES_CONTENT)|ERR_HTTP2_)/;
const nodeCodes: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
  // Only the CONNECT request to a proxy has this limit, since the request itself has a timeout of its own.
  UND_ERR_HEADERS_TIMEOUT: "ETIMEDOUT",
};

/**
 * Converts an error of undici to one with the code of node:http, which retry policies recognize. It has no `cause`, because
 * undici's parser keeps bytes of the response on its errors, and no `response`, because core's retry policies would take it
 * for a complete one and not retry.
 *
 * An AbortError is returned as it is.
 *
 * @param status - The status of the response whose body failed, if there was one.
 */
export function toRestError(error: unknown, request: PipelineRequest, status?: number): Error {
  if (error instanceof RestError || error instanceof DOMException) return error;
  const { name, message, code = RestError.REQUEST_SEND_ERROR, cause } = error as NodeJS.ErrnoException;
  // undici 8 wraps what went wrong on the way to a proxy.
  if (cause && code.startsWith("UND_ERR_PRX_")) return toRestError(cause, request, status);
  // undici gives the status nowhere else.
  const [, proxyStatus] = /^Proxy response \((\d+)\)/.exec(message) ?? [];
  if (proxyStatus) {
    const refusal = proxyRefusal(Number(proxyStatus));
    return new RestError(refusal.message, { code: refusal.code, request });
  }
  const isBody = status !== undefined;
  const isLost = lostConnection.test(code) || (isBody && name === "HTTPParserError");
  return new RestError(
    isBody ? `The body of the response with status ${status} could not be read: ${message}.` : message,
    {
      code: isLost ? "ECONNRESET" : (nodeCodes[code] ?? code),
      request,
      ...(isBody && { statusCode: status }),
    },
  );
}
