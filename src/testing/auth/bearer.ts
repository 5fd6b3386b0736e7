import type { OperationName } from "../../generated/routes.js";
import { foreignTokenProblem, roleProblem } from "../entra/verifyEntraToken.js";
import type { ServiceCore } from "../serviceCore.js";
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

/**
 * Verifies that the authority issued the token for this operation, that it hasn't expired, and that its
 * principal has a role. A loose service accepts any token.
 * @returns the token's claims.
 * @throws HttpError 401.
 */
export async function verifyBearer(
  token: string,
  operation: OperationName,
  core: ServiceCore,
): Promise<Claims> {
  const jwt = readJwt(token);
  if (core.settings.strictness === "loose") return jwt?.claims ?? {};
  if (!jwt) throw denied("The bearer token isn't a JWT", topic);
  const { claims } = jwt;
  const foreign = await foreignTokenProblem(core, jwt);
  if (foreign) throw denied(`The bearer token ${foreign}`, topic);
  const expiry = expiryOf(claims, core.clock.wallTime);
  if (typeof expiry === "string") throw denied(`The bearer token ${expiry}`, topic);
  // Entra may keep the slash that clients request.
  const audiences = userAudiences[operation] ?? [`${core.settings.audience}/`, core.settings.audience];
  if (![claims.aud].flat().some((audience) => audiences.includes(textOf(audience)))) {
    throw denied(
      `The bearer token is meant for ${JSON.stringify(claims.aud)}, not for ${audiences[0]}`,
      topic,
    );
  }
  const role = roleProblem(core, claims, operation);
  if (role) throw denied(role, "entra-id-no-role");
  return claims;
}
