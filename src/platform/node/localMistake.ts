import type { RestError } from "@azure/core-rest-pipeline";
import { isLoopback } from "../../pipeline/loopback.js";
import { causesOf } from "../../pipeline/lostConnection.js";

/**
 * Says what a caller on the emulator's machine did wrong: nothing listens there, or it listens with http. Undefined for
 * everything else, and for other hosts, where a proxy may be meant.
 */
export function localMistake(error: unknown): string | undefined {
  const { url } = (error as Partial<RestError> | null)?.request ?? {};
  const { hostname, host } = url === undefined ? {} : new URL(url);
  // Names below localhost are those of a development proxy, which may come back.
  if (!hostname || !isLoopback(hostname) || hostname.endsWith(".localhost")) return undefined;
  const causes = causesOf(error);
  if (causes.some(({ code }) => code === "ECONNREFUSED")) {
    return `Nothing listens on ${host}. Is the emulator running? Start it with: npx acs-identity emulator`;
  }
  const isPlain = causes.some(({ code, message }) => /wrong.version.number/i.test(`${code} ${message}`));
  return isPlain ? `The server on ${host} speaks http, not https: write http:// in the endpoint` : undefined;
}
