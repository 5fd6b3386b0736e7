import { isRestError } from "acs-identity";
import type { Invocation } from "../command.js";
import type { EntraToken } from "../entraToken.js";
import { askingClient } from "./ask.js";
import { Problem } from "./check.js";
import { examineSettings } from "./connectionSettings.js";

/**
 * Exchanges a Teams user's token at the resource, as the app does, and discards the result.
 * @throws Problem if the service refuses it, or if it's the token of another kind of user.
 */
export async function exchangeToken(
  invocation: Invocation,
  teamsUserAadToken: string,
  { clientId, objectId: userObjectId, permissions }: EntraToken,
): Promise<string> {
  if (!permissions.some((name) => name.startsWith("Teams."))) {
    throw new Problem(
      "Only a Teams user's token is exchanged with the credential of a resource",
      "Leave --exchange out: AzureCommunicationTokenCredential exchanges this token without such a credential",
    );
  }
  // Beside --teams, this flag doesn't name the credential.
  const { "entra-token": _, ...values } = invocation.values;
  const connection = await examineSettings({ ...invocation, values });
  const endpoint = new URL(connection.endpoint);
  const client = askingClient({ connection, endpoint }, connection.credential);
  try {
    await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    return `${endpoint.host} exchanges it for a token of ACS`;
  } catch (error) {
    if (!isRestError(error)) throw error;
    const diagnosis = error.details?.emulatorDiagnosis;
    const reason = [error.statusCode, error.code].filter(Boolean).join(" ");
    throw new Problem(
      `${endpoint.host} refuses the exchange (${reason}: ${diagnosis ?? error.message})`,
      error.code === "Denied" || error.statusCode === undefined
        ? "Without --teams, the doctor says what is wrong with the connection and its credential"
        : "Sign the user in again. If that doesn't help: does the user have a Teams license, and did an administrator consent to the application?",
    );
  }
}
