import { isLoopback } from "../../shared/loopback.js";

/** Returns the host of a Host header or a target without its port, or undefined if it isn't one. */
export function hostName(host: string): string | undefined {
  const url = `http://${host}`;
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

/**
 * Returns the host to listen on as requests name it: `LOCALHOST` in lower case, and an address that was shortened, such as
 * 127.1, in full.
 */
export function canonicalHost(host: string): string {
  return hostName(bracketed(host)) ?? host;
}

/** Returns whether no other machine reaches an emulator that listens on `host`. */
export function isOnlyForThisMachine(host: string): boolean {
  return isLoopback(bracketed(canonicalHost(host)));
}

/** Returns the host that a URL needs to reach an emulator that listens on `host`, from this machine. */
export function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return bracketed(host === "::" ? "::1" : host);
}

/** Returns the host as URLs spell it: an IPv6 address in brackets. */
function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
