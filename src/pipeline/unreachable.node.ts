import type { RestError } from "@azure/core-rest-pipeline";
import { emulatorHint } from "../shared/emulatorHint.js";
import { isLoopback } from "./loopback.js";
import { causesOf, type Unreachable } from "./lostConnection.js";

/**
 * Explains why a proxy or a loopback host can't be reached: nothing listens on it, or the host speaks http instead of https.
 * Returns undefined for other errors and for other hosts.
 */
export function explainUnreachable(error: unknown): Unreachable | undefined {
  const { request, message = "" } = (error ?? {}) as Partial<RestError>;
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
  // Names below localhost belong to a development proxy, which may come back.
  if (!isLoopback(hostname) || hostname.endsWith(".localhost")) return undefined;
  if (isRefused) return { message: `Nothing listens on ${host}. ${emulatorHint(url)}`, isFinal: true };
  const isPlain = causes.some(({ code, message }) => /wrong.version.number/i.test(`${code} ${message}`));
  return isPlain
    ? {
        message: `The server on ${host} speaks http, not https: write http:// in the endpoint`,
        isFinal: true,
      }
    : undefined;
}
