import type { TokenCredential } from "@azure/core-auth";
import type { CommunicationIdentityClient } from "../../../../src/index.js";
import type { Canary } from "./canaries.js";

/** A call of a client method with valid arguments. */
export interface ClientCall {
  readonly name: string;
  readonly run: (client: CommunicationIdentityClient) => Promise<unknown>;
}

const user = { communicationUserId: "8:acs:11111111-1111-4111-8111-111111111111_22222222" };
const tenant = "33333333-3333-4333-8333-333333333333";
const principal = "44444444-4444-4444-8444-444444444444";

/** Returns a call of every method. The Teams user's token is the only secret in their arguments. */
export function callsOf(teamsToken: Canary): readonly ClientCall[] {
  const teams = { teamsUserAadToken: teamsToken.value, clientId: "app", userObjectId: "user" };
  return [
    { name: "createUser", run: (client) => client.createUser() },
    { name: "createUserAndToken", run: (client) => client.createUserAndToken(["chat"]) },
    { name: "getToken", run: (client) => client.getToken(user, ["voip"]) },
    { name: "revokeTokens", run: (client) => client.revokeTokens(user) },
    { name: "deleteUser", run: (client) => client.deleteUser(user) },
    { name: "getTokenForTeamsUser", run: (client) => client.getTokenForTeamsUser(teams) },
    {
      name: "getTeamsExtensionAssignment",
      run: (client) => client.getTeamsExtensionAssignment(tenant, principal),
    },
    {
      name: "upsertTeamsExtensionAssignment",
      run: (client) => client.upsertTeamsExtensionAssignment(tenant, principal, { principalType: "user" }),
    },
    {
      name: "deleteTeamsExtensionAssignment",
      run: (client) => client.deleteTeamsExtensionAssignment(tenant, principal),
    },
  ];
}

/** Returns an Entra credential that always returns the same token. */
export function entraCredential(token: Canary): TokenCredential {
  return {
    getToken: async () => ({ token: token.value, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
}
