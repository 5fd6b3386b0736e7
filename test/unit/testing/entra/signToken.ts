import { CompactSign, calculateJwkThumbprint, importJWK } from "jose";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { wellKnownPrivateJwk } from "../../../../src/testing/jwt/wellKnownKey.js";

/** Signs claims as a service's authority does. Issuer and tenant default to those of the well-known tenant. */
export async function signToken(claims: object): Promise<string> {
  const { tenantId } = createFakeIdentityService().entra;
  const content = { iss: `https://authority.example/${tenantId}/`, tid: tenantId, ...claims };
  const key = wellKnownPrivateJwk;
  const kid = await calculateJwkThumbprint(key);
  return new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
    .sign(await importJWK(key, "RS256"));
}
