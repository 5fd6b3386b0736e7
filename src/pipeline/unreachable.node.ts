import type { RestError } from "@azure/core-rest-pipeline";
import { emulatorHint } from "../shared/emulatorHint.js";
import { isLoopback } from "./loopback.js";
import { causesOf, type Unreachable } from "./lostConnection.js";

/**
 * Explains why a loopback host can't be reached: nothing listens on it, or it speaks http instead of https. Returns
 * undefined for other errors and for other hosts, where a proxy may be the cause.
 */
export function explainUnreachable(error: unknown): Unreachable | undefined {
  const { request } = (error ?? {}) as Partial<RestError>;
  if (!request) return undefined;
  const url = new URL(request.url);
  const { hostname, host } = url;
  // Names below localhost belong to a development proxy, which may come back.
  if (!isLoopback(hostname) || hostname.endsWith(".localhost")) return undefined;
  const causes = causesOf(error);
  if (causes.some(({ code }) => code === "ECONNREFUSED")) {
    return { message: `Nothing listens on ${host}. ${emulatorHint(url)}`, isFinal: true };
  }
  const isPlain = causes.some(({ code, message }) => /wrong.version.number/i.test(`${code} ${message}`));
  return isPlain
    ? {
        message: `The server on ${host} speaks http, not https: write http:// in the endpoint`,
        isFinal: true,
      }
    : undefined;
}
