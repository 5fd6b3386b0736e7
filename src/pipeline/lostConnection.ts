import { RestError } from "@azure/core-rest-pipeline";

/** The codes of Node and undici for connections that couldn't be opened or were lost. */
const codes =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|E(?:SOCKET)?TIMEDOUT|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT))$/;

/** The messages of core's proxy agents, and of fetch in Chromium, Firefox, Safari, Node and workerd for what isn't a mistake. */
const words =
  /failed to fetch|network ?error|load failed|fetch failed|network connection lost|proxy connection ended/i;

/** Tells whether a connection couldn't be opened or was lost. */
export function isLostConnection(error: unknown): boolean {
  return errorChain(error).some(
    ({ code, message }) =>
      codes.test(String(code)) || (code === RestError.REQUEST_SEND_ERROR && words.test(String(message))),
  );
}

/** Returns an error and its causes, which carry the code of errors from fetch and undici. */
export function errorChain(
  error: unknown,
  limit = 10,
): { code?: unknown; message?: unknown; cause?: unknown }[] {
  if (limit === 0 || typeof error !== "object" || error === null) return [];
  return [error, ...errorChain((error as { cause?: unknown }).cause, limit - 1)];
}
