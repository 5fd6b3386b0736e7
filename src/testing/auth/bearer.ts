import type { OperationName } from "../../generated/routes.js";
import { denied } from "../httpError.js";
import { type Claims, expiryOf, readJwt } from "../tokens/jwt.js";

/** The audience of the scope that clients ask for, with and without the slash that Entra may keep. */
const resourceAudiences = ["https://communication.azure.com/", "https://communication.azure.com"];

/** Where the token is the user's own. */
const userAudiences: Partial<Record<OperationName, readonly string[]>> = {
  getTokenForTeamsExtensionUser: [
    "https://auth.msft.communication.azure.com",
    "https://auth.msft.communication.azure.com/",
    "https://auth.msft.communication.azure.us",
    "https://auth.msft.communication.azure.us/",
  ],
  getTokenForEntraUser: [
    "https://communication.azure.com/clients",
    "https://communication.azure.com/clients/",
  ],
};

/**
 * The claims of an Entra token that has not expired and is meant for the operation. Its signature is not
 * checked: it takes Entra's keys, and the fake service goes to no network.
 * @param wallTime - Milliseconds since 1970.
 * @throws HttpError 401.
 */
export function verifyBearer(
  token: string,
  operation: OperationName,
  loose: boolean,
  wallTime: number,
): Claims {
  const claims = readJwt(token)?.claims;
  if (loose) return claims ?? {};
  if (!claims) throw denied("The bearer token is no JWT");
  const expiry = expiryOf(claims, wallTime);
  if (typeof expiry === "string") throw denied(`The bearer token ${expiry}`);
  const audiences = userAudiences[operation] ?? resourceAudiences;
  if (![claims.aud].flat().some((audience) => audiences.includes(String(audience)))) {
    throw denied(`The bearer token is meant for ${JSON.stringify(claims.aud)}, not for ${audiences[0]}`);
  }
  return claims;
}
