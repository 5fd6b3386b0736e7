import { RestError } from "@azure/core-rest-pipeline";
import { emulatorHint } from "../shared/emulatorHint.js";
import { isLoopback } from "../shared/loopback.js";
import { causesOf, isLostConnection } from "./lostConnection.js";

/**
 * Explains why a proxy or a loopback host can't be reached: nothing listens on it, or the host speaks http instead of https.
 * Names the host that fetch can't reach: fetch says neither which one it was nor why, so the call may be retried. Returns
 * undefined for other errors. If `isFinal`, waiting can't help.
 */
export function explainUnreachable(error: unknown): { message: string; isFinal: boolean } | undefined {
  const { request, message = "", code } = (error ?? {}) as Partial<RestError>;
  if (!request) return undefined;
  const url = new URL(request.url);
  const { hostname, host } = url;
  const causes = causesOf(error);
  const isRefused = causes.some(({ code }) => code === "ECONNREFUSED");
  const { proxy } = (request.agent ?? {}) as { proxy?: unknown };
  if (proxy instanceof URL) {
    // A proxy that responds refuses with the same code, and the message says so.
    if (!isRefused || message.startsWith("The proxy refused")) return undefined;
    const why = `Nothing listens on ${proxy.host}, the address of the proxy. Check proxyOptions, or HTTPS_PROXY and NO_PROXY.`;
    return { message: why, isFinal: false };
  }
  const hint = isLoopback(hostname) ? ` ${emulatorHint(url)}` : "";
  // Names below localhost belong to a development proxy, which may come back.
  if (hint && !hostname.endsWith(".localhost")) {
    if (isRefused) return { message: `Nothing listens on ${host}.${hint}`, isFinal: true };
    if (causes.some((cause) => /wrong.version.number/i.test(`${cause.code} ${cause.message}`))) {
      const why = `The server on ${host} speaks http, not https: write http:// in the endpoint`;
      return { message: why, isFinal: true };
    }
  }
  if (code !== RestError.REQUEST_SEND_ERROR || !isLostConnection(error)) return undefined;
  return { message: `${host} can't be reached: ${message}.${hint}`, isFinal: false };
}
