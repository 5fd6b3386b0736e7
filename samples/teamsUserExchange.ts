/**
 * Signs a Teams user in with msal-node and exchanges the Entra token for an ACS token, with which the calling SDK calls as
 * that Teams user.
 *
 * With TENANT_ID, CLIENT_ID and COMMUNICATION_CONNECTION_STRING set it does so in earnest: the application needs the
 * permissions Teams.ManageCalls and Teams.ManageChats of Azure Communication Services. Without, a stub stands for Entra ID
 * and the emulator for the resource. Needs `@azure/msal-node`.
 */
import { PublicClientApplication } from "@azure/msal-node";
import { CommunicationIdentityClient, isRestError } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import { createEntraStub } from "./teamsUserExchange/entraStub.js";

const { COMMUNICATION_CONNECTION_STRING: resource, TENANT_ID, CLIENT_ID } = process.env;
const emulator = resource ? undefined : await startEmulator();
const tenantId = TENANT_ID || "7b5f3a4e-0000-4000-8000-000000000001";
const clientId = CLIENT_ID || "7b5f3a4e-0000-4000-8000-000000000002";
const alice = { tenantId, clientId, objectId: "7b5f3a4e-0000-4000-8000-000000000003" };

// A web app uses the authorization code flow of msal-browser or of msal-node; what comes after is the same.
const entra = new PublicClientApplication({
  auth: { clientId, authority: `https://login.microsoftonline.com/${tenantId}` },
  ...(emulator && { system: { networkClient: createEntraStub(emulator.service, alice) } }),
});
const signIn = await entra.acquireTokenByDeviceCode({
  scopes: [
    "https://auth.msft.communication.azure.com/Teams.ManageCalls",
    "https://auth.msft.communication.azure.com/Teams.ManageChats",
  ],
  deviceCodeCallback: ({ message }) => console.log(message),
});
if (!signIn?.account || !signIn.expiresOn) throw new Error("The sign-in gave no account");
console.log(`Signed in as ${signIn.account.username}`);

const client = new CommunicationIdentityClient(emulator?.connectionString ?? resource ?? "");
const exchange = {
  teamsUserAadToken: signIn.accessToken,
  clientId,
  // The user's object id in Entra ID: neither the tenant's id nor `sub`.
  userObjectId: signIn.account.localAccountId,
};
const { expiresOn } = await client.getTokenForTeamsUser(exchange);
const differenceInMs = Math.abs(expiresOn.getTime() - signIn.expiresOn.getTime());
console.log(`Exchanged. Both tokens expire at the same time: ${differenceInMs < 60_000}`);

// What the service says to the mistakes that are made most.
await refused("The tenant's id for the user's", { ...exchange, userObjectId: tenantId });
await refused("Another application", { ...exchange, clientId: "7b5f3a4e-0000-4000-8000-00000000000f" });
await refused("A token for something else", { ...exchange, teamsUserAadToken: signIn.idToken });
await emulator?.close();

async function refused(what: string, wrong: typeof exchange): Promise<void> {
  try {
    await client.getTokenForTeamsUser(wrong);
    console.log(`${what}: was accepted`);
  } catch (error) {
    if (!isRestError(error)) throw error;
    console.log(`${what}: ${error.statusCode} ${error.code}: ${error.message}`);
  }
}
