import type { TokenCredential } from "@azure/core-auth";
import type { CommunicationIdentityClient } from "../../../src/index.js";
import type { Canary } from "./canaries.js";

/** A method of the client with arguments that are all right. */
export interface ClientCall {
  readonly name: string;
  readonly run: (client: CommunicationIdentityClient) => Promise<unknown>;
}

const user = { communicationUserId: "8:acs:11111111-1111-4111-8111-111111111111_22222222" };
const tenant = "33333333-3333-4333-8333-333333333333";
const principal = "44444444-4444-4444-8444-444444444444";

/** Every method. The Teams user's token is the only secret that an argument holds. */
export function callsOf(teamsToken: Canary): readonly ClientCall[] {
  const teams = { teamsUserAadToken: teamsToken.value, clientId: "app", userObjectId: "user" };
  return [
    { name: "createUser", run: (client) => client.createUser() },
    { name: "createUserAndToken", run: (client) => client.createUserAndToken(["chat"]) },
    { name: "getToken", run: (client) => client.getToken(user, ["voip"]) },
    { name: "revokeTokens", run: (client) => client.revokeTokens(user) },
    { name: "deleteUser", run: (client) => client.deleteUser(user) },
    { name: "getTokenForTeamsUser", run: (client) => client.getTokenForTeamsUser(teams) },
    { name: "getUserDetail", run: (client) => client.getUserDetail(user) },
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

/** An Entra credential with one token for ever. */
export function entraCredential(token: Canary): TokenCredential {
  return {
    getToken: async () => ({ token: token.value, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
}
