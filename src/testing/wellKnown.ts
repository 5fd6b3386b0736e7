import type { ServiceCore } from "./serviceCore.js";
import type { WireRequest } from "./wire/wire.js";

/**
 * The key set at `/.well-known/jwks.json`, with which a backend verifies tokens. The real service has no such
 * document. Undefined for any other request.
 */
export async function wellKnownDocument(
  { issuer }: ServiceCore,
  { method, target }: WireRequest,
): Promise<object | undefined> {
  if (!["GET", "HEAD"].includes(method) || target.split("?", 1)[0] !== "/.well-known/jwks.json")
    return undefined;
  const { id, publicJwk } = await issuer.key();
  return { keys: [{ ...publicJwk, kid: id, alg: "RS256", use: "sig" }] };
}
