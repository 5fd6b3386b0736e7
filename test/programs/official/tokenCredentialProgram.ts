/**
 * Gets a token from an AzureCommunicationTokenCredential in each of its forms, and prints the tokens or the errors. The Entra tokens
 * come from @azure/msal-node, which signs Alice in. tokenCredential.test.ts runs it with NODE_EXTRA_CA_CERTS set.
 */
import { createRequire } from "node:module";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import type { TokenCredential } from "@azure/core-auth";
import { signIn } from "../../helpers/signIn.js";

const [url = "", connectionString = "", clientId = "", authority = "", path = "", forms = ""] =
  process.argv.slice(2);
const { AzureCommunicationTokenCredential } = createRequire(import.meta.url)(
  path,
) as typeof import("@azure/communication-common");

const client = new CommunicationIdentityClient(connectionString);
const user = await client.createUser();
const issue = async () => (await client.getToken(user, ["chat"])).token;
const issueWithExpiry = async () => {
  const { token, expiresOn } = await client.getToken(user, ["chat"]);
  return { token, expiresOnTimestamp: expiresOn.getTime() };
};

const alice: TokenCredential = {
  getToken: (scopes) => signIn(authority, clientId, "alice@contoso.com", scopes),
};

const credentials = {
  static: async () => new AzureCommunicationTokenCredential(await issue()),
  refresher: () => new AzureCommunicationTokenCredential({ tokenRefresher: issue, refreshProactively: true }),
  // Since 2.5.0. The types here are of an earlier version.
  refresherWithExpiry: () =>
    new AzureCommunicationTokenCredential({ tokenRefresher: issueWithExpiry as never }),
  entra: () => new AzureCommunicationTokenCredential({ resourceEndpoint: url, tokenCredential: alice }),
  teamsExtension: () =>
    new AzureCommunicationTokenCredential({
      resourceEndpoint: url,
      tokenCredential: alice,
      scopes: ["https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls"],
    }),
};

const tokens: Record<string, { token: string; expiresOnTimestamp: number }> = {};
const errors: Record<string, string> = {};
for (const form of forms.split(",") as (keyof typeof credentials)[]) {
  try {
    const credential = await credentials[form]();
    const { token, expiresOnTimestamp } = await credential.getToken();
    tokens[form] = { token, expiresOnTimestamp };
    credential.dispose();
  } catch (error) {
    errors[form] = String(error);
  }
}
console.log(JSON.stringify({ userId: user.communicationUserId, tokens, errors }));
