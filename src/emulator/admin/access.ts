import { isIP } from "node:net";
import type { WireRequest } from "../../testing/wire/wire.js";

/**
 * Why a request may not come near the admin API, or undefined when it may.
 *
 * The admin API asks for no key, so a web page must not reach it: neither by a request of its own origin, nor
 * by a name of its own that it lets point to this machine (DNS rebinding). An attacker owns names with a dot in
 * them; an IP address, `localhost` and a bare name of a local network are not theirs.
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
    return "The Origin is another one than the emulator's own";
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
