import type { Invocation } from "../command.js";
import { type EntraToken, isForTeamsUser } from "../entraTokenClaims.js";
import { askingClient, problemFromResponse, responseTo, timeLimit } from "./ask.js";
import { Problem } from "./check.js";
import { examineSettings } from "./connectionSettings.js";
import { statusRemedy } from "./remedies.js";

/**
 * Exchanges a Teams user's token at the resource, as the app does, and discards the result.
 * @throws Problem if the service refuses it, or if it's the token of another kind of user.
 */
export async function exchangeToken(
  invocation: Invocation,
  teamsUserAadToken: string,
  { clientId, objectId: userObjectId, permissions }: EntraToken,
): Promise<string> {
  if (!isForTeamsUser(permissions)) {
    throw new Problem(
      "Only a Teams user's token is exchanged with the credential of a resource",
      "Leave --exchange out: AzureCommunicationTokenCredential exchanges this token without such a credential",
    );
  }
  // Beside --teams, --entra-token doesn't name the credential.
  const { "entra-token": _, ...values } = invocation.values;
  const connection = await examineSettings({ ...invocation, values });
  const endpoint = new URL(connection.endpoint);
  const client = askingClient({ connection, endpoint });
  const response = await responseTo(
    client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId, ...timeLimit }),
    endpoint,
  );
  if (response.status === 200) return `${endpoint.host} exchanges it for a token of ACS`;
  const isOfToken = response.status === 403 || response.code === "InvalidAccessToken";
  throw problemFromResponse(
    `${endpoint.host} refuses the exchange`,
    response,
    isOfToken
      ? "Sign the user in again. If that doesn't help: does the user have a Teams license, and did an administrator consent to the application?"
      : `${statusRemedy(response.status, endpoint.href)}. Without --teams, the doctor examines the connection and its credential`,
  );
}
