import { isIP } from "node:net";
import { isLoopback } from "../shared/loopback.js";
import type { WireRequest } from "../testing/wire/wire.js";

type Head = Omit<WireRequest, "body">;

/**
 * Returns why a request may not use what asks for no key, or undefined if it may: the admin API, the page and the
 * sign-in endpoints. A web page could reach them through a host name of its own that resolves to this machine (DNS
 * rebinding), but not through an IP address or `localhost`. Nobody can rely on bare names either, which a network's
 * name server may resolve, so they count only if the emulator is there for other machines, such as containers.
 * @param ownHost - The host that the emulator was told to listen on.
 * @param allowedHosts - Further names, which the user vouches for.
 */
export function hostRefusal(
  { host, targetHost }: Head,
  ownHost: string,
  allowedHosts: readonly string[] = [],
): string | undefined {
  const own = [ownHost.toLowerCase(), ...allowedHosts];
  const foreign = [host, targetHost ?? host].find((each) => !isOwnName(hostName(each), own));
  return foreign === undefined
    ? undefined
    : `The Host ${JSON.stringify(foreign.slice(0, 100))} is not this emulator's`;
}

/**
 * Like `hostRefusal`, for what pages of other origins must not use: the admin API. What a browser may have sent has no bare
 * name, either, except that of the emulator's host. Over plain http, only its user agent tells a page's GET to its own origin.
 */
export function adminRefusal(head: Head, ownHost: string): string | undefined {
  const { headers, host, scheme } = head;
  const [origin, site, agent] = ["origin", "sec-fetch-site", "user-agent"].map((name) => headers.get(name));
  const isPrograms = origin === undefined && site === undefined && !agent?.startsWith("Mozilla/");
  const refused = hostRefusal(head, ownHost);
  if (refused) return refused;
  if (!isPrograms && hostRefusal(head, "localhost", [ownHost.toLowerCase()])) {
    return "Requests that a browser may have sent need a URL with an IP address, localhost or the name of --host";
  }
  if (origin !== undefined && origin !== `${scheme}://${host.toLowerCase()}`) {
    return "The Origin isn't the emulator's own";
  }
  if (site === "cross-site" || site === "same-site") {
    return "The request comes from a page of another origin";
  }
  return undefined;
}

function hostName(host: string): string | undefined {
  const url = `http://${host}`;
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

/** @param own - The host that the emulator listens on, and then the allowed ones. */
function isOwnName(name: string | undefined, own: readonly string[]): boolean {
  if (!name) return false;
  if (own.includes(name) || isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost"))
    return true;
  return !name.includes(".") && !isOnlyForThisMachine(own[0] ?? "");
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
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
