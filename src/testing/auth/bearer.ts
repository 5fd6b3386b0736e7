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

/** What only the Entra ID authority beside the service can tell of a token. */
export interface EntraChecks {
  /** Why the token is not the authority's, in words that go behind "The token"; undefined when it is. */
  foreignTokenProblem(token: string): Promise<string | undefined>;
  /** Why its principal may not call the operation; undefined when it may. */
  roleProblem(claims: Claims, operation: OperationName): string | undefined;
}

/**
 * The claims of a bearer token of the authority that has not expired, is meant for the operation, and whose
 * principal has a role. A loose service takes any token.
 * @param wallTime - Milliseconds since 1970.
 * @throws HttpError 401.
 */
export async function verifyBearer(
  token: string,
  operation: OperationName,
  { loose, entra }: { readonly loose: boolean; readonly entra: EntraChecks },
  wallTime: number,
): Promise<Claims> {
  const claims = readJwt(token)?.claims;
  if (loose) return claims ?? {};
  if (!claims) throw denied("The bearer token isn't a JWT");
  const foreign = await entra.foreignTokenProblem(token);
  if (foreign) throw denied(`The bearer token ${foreign}`);
  const expiry = expiryOf(claims, wallTime);
  if (typeof expiry === "string") throw denied(`The bearer token ${expiry}`);
  const audiences = userAudiences[operation] ?? resourceAudiences;
  if (![claims.aud].flat().some((audience) => audiences.includes(String(audience)))) {
    throw denied(`The bearer token is meant for ${JSON.stringify(claims.aud)}, not for ${audiences[0]}`);
  }
  const role = entra.roleProblem(claims, operation);
  if (role) throw denied(role);
  return claims;
}
