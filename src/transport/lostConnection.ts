import { isLostFetch } from "./lostFetch.js";

/** Connections that could not be made or were lost, by the codes of Node and undici. */
const codes =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|E(?:SOCKET)?TIMEDOUT|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT))$/;

/** Looks through the causes too, where fetch and undici keep the code. */
export function isLostConnection(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 10 && typeof current === "object" && current !== null; depth++) {
    if ("code" in current && (codes.test(String(current.code)) || isLostFetch(current))) return true;
    current = "cause" in current ? current.cause : undefined;
  }
  return false;
}
