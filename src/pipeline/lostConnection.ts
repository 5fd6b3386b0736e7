import { RestError } from "@azure/core-rest-pipeline";
import { isLoopback } from "./loopback.js";

/** The codes of Node and undici for connections that could not be made or were lost. */
const codes =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ENOTFOUND|EPIPE|E(?:SOCKET)?TIMEDOUT|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT))$/;

/** What fetch says in Chromium, Firefox, Safari, Node and workerd. Whatever else it says is its caller's mistake. */
const words = /failed to fetch|network ?error|load failed|fetch failed|network connection lost/i;

/** Tells whether a connection could not be made or was lost. */
export function isLostConnection(error: unknown): boolean {
  return causesOf(error).some(
    ({ code, message }) =>
      codes.test(String(code)) || (code === RestError.REQUEST_SEND_ERROR && words.test(String(message))),
  );
}

/**
 * Says what a caller on the emulator's machine did wrong: nothing listens there, or it listens with http. Undefined for
 * everything else, and for other hosts, where a proxy may be meant.
 */
export function localMistake(error: unknown): string | undefined {
  const { url } = (error as Partial<RestError> | null)?.request ?? {};
  const { hostname, host } = url === undefined ? {} : new URL(url);
  if (!hostname || !isLoopback(hostname)) return undefined;
  const causes = causesOf(error);
  if (causes.some(({ code }) => code === "ECONNREFUSED")) {
    return `Nothing listens on ${host}. Is the emulator running? Start it with: npx acs-identity emulator`;
  }
  const isPlain = causes.some(({ code, message }) => /wrong.version.number/i.test(`${code} ${message}`));
  return isPlain ? `The server on ${host} speaks http, not https: write http:// in the endpoint` : undefined;
}

/** An error and its causes, where fetch and undici keep the code. */
function causesOf(error: unknown): { code?: unknown; message?: unknown; cause?: unknown }[] {
  const causes: { cause?: unknown }[] = [];
  let current = error;
  while (causes.length < 10 && typeof current === "object" && current !== null) {
    causes.push(current);
    current = (current as { cause?: unknown }).cause;
  }
  return causes;
}
