import type { OperationName } from "../../generated/routes.js";
import { type Claims, expiryOf, readJwt, textOf } from "../tokens/jwt.js";
import { denied } from "../wire/httpError.js";

/** The audiences of a Teams user's token. */
export const teamsAudiences: readonly string[] = [
  "https://auth.msft.communication.azure.com",
  "https://auth.msft.communication.azure.com/",
  "https://auth.msft.communication.azure.us",
  "https://auth.msft.communication.azure.us/",
];

/** The audiences of operations that take the user's own token. */
const userAudiences: Partial<Record<OperationName, readonly string[]>> = {
  getTokenForTeamsExtensionUser: teamsAudiences,
  getTokenForEntraUser: [
    "https://communication.azure.com/clients",
    "https://communication.azure.com/clients/",
  ],
};

const topic = "entra-id-credentials";

/** How bearer tokens are checked. */
export interface BearerSettings {
  /** The service's own, without a slash at the end. */
  readonly audience: string;
  /** Accept any bearer token. */
  readonly loose: boolean;
  readonly entra: () => EntraChecks;
}

/** Token checks that need the service's Entra ID authority. */
export interface EntraChecks {
  /** Says why the token isn't the authority's, in words that follow "The token"; undefined if it is. */
  foreignTokenProblem(token: string): Promise<string | undefined>;
  /** Says why the token's principal may not call the operation; undefined if it may. */
  roleProblem(claims: Claims, operation: OperationName): string | undefined;
}

/**
 * Verifies that the authority issued the token for this operation, that it hasn't expired, and that its
 * principal has a role. A loose service accepts any token.
 * @param wallTime - Milliseconds since 1970.
 * @returns the token's claims.
 * @throws HttpError 401.
 */
export async function verifyBearer(
  token: string,
  operation: OperationName,
  settings: BearerSettings,
  wallTime: number,
): Promise<Claims> {
  const claims = readJwt(token)?.claims;
  if (settings.loose) return claims ?? {};
  if (!claims) throw denied("The bearer token isn't a JWT", topic);
  const entra = settings.entra();
  const foreign = await entra.foreignTokenProblem(token);
  if (foreign) throw denied(`The bearer token ${foreign}`, topic);
  const expiry = expiryOf(claims, wallTime);
  if (typeof expiry === "string") throw denied(`The bearer token ${expiry}`, topic);
  // Entra may keep the slash that clients request.
  const audiences = userAudiences[operation] ?? [`${settings.audience}/`, settings.audience];
  if (![claims.aud].flat().some((audience) => audiences.includes(textOf(audience)))) {
    throw denied(
      `The bearer token is meant for ${JSON.stringify(claims.aud)}, not for ${audiences[0]}`,
      topic,
    );
  }
  const role = entra.roleProblem(claims, operation);
  if (role) throw denied(role, "entra-id-no-role");
  return claims;
}
