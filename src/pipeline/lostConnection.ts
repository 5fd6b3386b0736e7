import { RestError } from "@azure/core-rest-pipeline";

/** The codes of Node and undici for connections that could not be made or were lost. */
const codes =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|E(?:SOCKET)?TIMEDOUT|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT))$/;

/** What fetch says in Chromium, Firefox, Safari, Node and workerd. Whatever else it says is its caller's mistake. */
const words = /failed to fetch|network ?error|load failed|fetch failed|network connection lost/i;

/** Tells whether a connection could not be made or was lost. Looks through the causes, where fetch and undici keep the code. */
export function isLostConnection(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 10 && typeof current === "object" && current !== null; depth++) {
    const { code, message, cause } = current as { code?: unknown; message?: unknown; cause?: unknown };
    if (codes.test(String(code))) return true;
    if (code === RestError.REQUEST_SEND_ERROR && words.test(String(message))) return true;
    current = cause;
  }
  return false;
}
