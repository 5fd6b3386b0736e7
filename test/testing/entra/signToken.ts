import { CompactSign, calculateJwkThumbprint, importJWK } from "jose";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { wellKnownSigningKey } from "../../../src/testing/tokens/wellKnownSigningKey.js";

/** Signs claims as a seeded service's authority does. Issuer and tenant default to those of the well-known tenant. */
export async function signToken(claims: object): Promise<string> {
  const { tenantId } = createFakeIdentityService().entra;
  const content = { iss: `https://authority.example/${tenantId}/`, tid: tenantId, ...claims };
  const kid = await calculateJwkThumbprint(wellKnownSigningKey);
  return new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid })
    .sign(await importJWK(wellKnownSigningKey, "RS256"));
}
