/** Calls the emulator with the unmodified official packages. cli.test.ts runs it with NODE_EXTRA_CA_CERTS set. */
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import type { TokenCredential } from "@azure/core-auth";

const [url = ""] = process.argv.slice(2);
const ids = {
  tenantId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
  objectId: "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12",
  clientId: "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023",
};

async function post(path: string, body: object): Promise<{ token: string }> {
  const response = await fetch(`${url}/_emulator${path}`, { method: "POST", body: JSON.stringify(body) });
  return (await response.json()) as { token: string };
}

const entra: TokenCredential = {
  getToken: async (scopes) => {
    const scope = Array.isArray(scopes) ? scopes[0] : scopes;
    const { token } = await post("/entraTokens", { ...ids, scope, expiresInMinutes: 30 });
    return { token, expiresOnTimestamp: Date.now() + 30 * 60_000 };
  },
};

function scopesOf(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).acsScope;
}

const client = new CommunicationIdentityClient(url, entra);
let transportSecurity: string | undefined;
const user = await client.createUser({
  onResponse: ({ headers }) => {
    transportSecurity = headers.get("strict-transport-security");
  },
});
await client.getToken(user, ["chat"]);

const bearer = (await entra.getToken("https://communication.azure.com//.default"))?.token;
async function assign(target: string, assignment: object): Promise<void> {
  await fetch(`${url}${target}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify({ principalType: "user", ...assignment }),
  });
}
const { tenantId, objectId, clientId } = ids;
const teamsAssignment = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}`;
await assign(`${teamsAssignment}?api-version=2025-06-30`, {});
const entraAssignment = `/access/entra/assignments/${objectId}?api-version=2025-03-02-preview`;
await assign(entraAssignment, { tenantId, clientIds: [clientId] });

const exchange = (scope: string, resourceEndpoint = url) =>
  new AzureCommunicationTokenCredential({ resourceEndpoint, tokenCredential: entra, scopes: [scope] });
const teams = exchange("https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls");
// An endpoint with a trailing slash, as in a connection string, makes the path start with two slashes.
const clients = exchange("https://communication.azure.com/clients/.default", `${url}/`);
const teamsExtension = scopesOf((await teams.getToken()).token);
const entraScopes = scopesOf((await clients.getToken()).token);

const refreshing = new AzureCommunicationTokenCredential({
  tokenRefresher: async () => (await client.getToken(user, ["voip"])).token,
  refreshProactively: true,
});
const refreshed = (await refreshing.getToken()).expiresOnTimestamp > Date.now();
for (const credential of [teams, clients, refreshing]) credential.dispose();

console.log(
  JSON.stringify({
    transportSecurity,
    user: user.communicationUserId,
    teamsExtension,
    entra: entraScopes,
    refreshed,
  }),
);
