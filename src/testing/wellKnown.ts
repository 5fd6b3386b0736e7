import { signingKey } from "./tokens/signingKey.js";
import type { WireRequest } from "./wire/wire.js";

/**
 * Returns the key set at `/.well-known/jwks.json`, which a backend can verify tokens with, or undefined for any
 * other request. The real service publishes no such document.
 */
export async function wellKnownDocument({ method, target }: WireRequest): Promise<object | undefined> {
  if (!["GET", "HEAD"].includes(method) || target.split("?", 1)[0] !== "/.well-known/jwks.json")
    return undefined;
  return { keys: [(await signingKey()).publishedJwk] };
}
