// Every method of the client, and the query string that it sends.
import { expect } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { type StubTransport, stubTransport, success } from "../../helpers/stubTransport.js";
import { connectionString, teams, user } from "../../helpers/values.js";

export type Run = (client: CommunicationIdentityClient) => Promise<unknown>;

export function setUp(apiVersion?: string): {
  readonly transport: StubTransport;
  readonly client: CommunicationIdentityClient;
} {
  const transport = stubTransport(success);
  const options: CommunicationIdentityClientOptions = {
    httpClient: transport,
    ...(apiVersion !== undefined && { apiVersion }),
  };
  return { transport, client: new CommunicationIdentityClient(connectionString, options) };
}

/** Returns the query string of the only request that a call sends. */
export async function queryOf(apiVersion: string | undefined, run: Run): Promise<string> {
  const { transport, client } = setUp(apiVersion);
  await run(client);
  expect(transport.sent).toHaveLength(1);
  return new URL(transport.sent[0]?.url ?? "").search;
}

const first = "2021-03-07";
export const teamsExtension = "2025-06-30";
/** Each with the first version that has it. */
export const methods: readonly (readonly [string, string, Run])[] = [
  ["createUser", first, (client) => client.createUser()],
  ["createUserAndToken", first, (client) => client.createUserAndToken(["chat"])],
  ["getToken", first, (client) => client.getToken(user, ["chat"])],
  ["revokeTokens", first, (client) => client.revokeTokens(user)],
  ["deleteUser", first, (client) => client.deleteUser(user)],
  ["getTokenForTeamsUser", "2022-06-01", (client) => client.getTokenForTeamsUser(teams)],
  ["getTeamsExtensionAssignment", teamsExtension, (client) => client.getTeamsExtensionAssignment("t", "o")],
  [
    "upsertTeamsExtensionAssignment",
    teamsExtension,
    (client) => client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user" }),
  ],
  [
    "deleteTeamsExtensionAssignment",
    teamsExtension,
    (client) => client.deleteTeamsExtensionAssignment("t", "o"),
  ],
];
