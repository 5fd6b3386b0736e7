import type { OperationName } from "../../generated/routes.js";
import { roleProblem, type VerifiedEntraToken, verifyEntraToken } from "../entra/tokens/verifyEntraToken.js";
import type { Fake } from "../service/fake.js";
import { denied } from "../wire/httpError.js";

export const teamsAudiences: readonly string[] = [
  "https://auth.msft.communication.azure.com",
  "https://auth.msft.communication.azure.com/",
  "https://auth.msft.communication.azure.us",
  "https://auth.msft.communication.azure.us/",
];

const userAudiences: Partial<Record<OperationName, readonly string[]>> = {
  getTokenForTeamsExtensionUser: teamsAudiences,
  getTokenForEntraUser: [
    "https://communication.azure.com/clients",
    "https://communication.azure.com/clients/",
  ],
};

/**
 * Verifies that the service accepts the token for this operation, and that its principal has a role.
 * @throws HttpError 401.
 */
export async function verifyBearer(
  text: string,
  operation: OperationName,
  fake: Fake,
): Promise<VerifiedEntraToken> {
  const { audience, strictness } = fake.settings;
  // Entra may keep the slash that clients request.
  const token = await verifyEntraToken(fake, text, userAudiences[operation] ?? [`${audience}/`, audience]);
  if (typeof token === "string") throw denied(`The bearer token ${token}`, "entra-id-credentials");
  const role = strictness === "loose" ? undefined : roleProblem(fake, token.claims, operation);
  if (role) throw denied(role, "entra-id-no-role");
  return token;
}
