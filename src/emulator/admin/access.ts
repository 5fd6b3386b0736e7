import { isIP } from "node:net";
import type { WireRequest } from "../../testing/wire/wire.js";

/**
 * Returns why a request may not use the admin API, or undefined when it may.
 *
 * The admin API needs no key, so pages of other origins must not reach it: neither with cross-origin requests nor
 * through a host name of theirs that resolves to this machine (DNS rebinding). Attackers can own names with a dot in
 * them, but not IP addresses, `localhost` or the bare names of a local network.
 * @param ownHost - The host that the emulator was told to listen on.
 */
export function adminRefusal(
  { headers, host, scheme }: Omit<WireRequest, "body">,
  ownHost: string,
): string | undefined {
  const name = hostName(host);
  if (!name || !(isLocalName(name) || name === ownHost.toLowerCase())) {
    return `The Host ${JSON.stringify(host.slice(0, 100))} is not this emulator's`;
  }
  const origin = headers.get("origin");
  if (origin !== undefined && origin !== `${scheme}://${host.toLowerCase()}`) {
    return "The Origin isn't the emulator's own";
  }
  if (["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "")) {
    return "The request comes from a page of another origin";
  }
  return undefined;
}

function hostName(host: string): string | undefined {
  const url = `http://${host}`;
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

function isLocalName(name: string): boolean {
  return isIP(name) !== 0 || !name.includes(".") || name.endsWith(".localhost");
}
