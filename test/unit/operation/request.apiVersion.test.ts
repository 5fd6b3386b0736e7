import { describe, expect, it } from "vitest";
import { serviceVersions } from "../../../src/generated/apiVersions.js";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../../src/index.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { stubTransport, success } from "../../helpers/stubTransport.js";
import { connectionString, teams, user } from "../../helpers/values.js";

type Run = (client: CommunicationIdentityClient) => Promise<unknown>;

function setUp(apiVersion?: string) {
  const transport = stubTransport(success);
  const options: CommunicationIdentityClientOptions = {
    httpClient: transport,
    ...(apiVersion !== undefined && { apiVersion }),
  };
  return { transport, client: new CommunicationIdentityClient(connectionString, options) };
}

/** Returns the query string of the only request that a call sends. */
async function queryOf(apiVersion: string | undefined, run: Run): Promise<string> {
  const { transport, client } = setUp(apiVersion);
  await run(client);
  expect(transport.sent).toHaveLength(1);
  return new URL(transport.sent[0]?.url ?? "").search;
}

/** Returns the message of the TypeError that a call rejects with before anything is sent. */
async function refusalOf(apiVersion: string | undefined, run: Run): Promise<string> {
  const { transport, client } = setUp(apiVersion);
  const error = await rejectionOf(() => run(client));
  expect(error).toBeInstanceOf(TypeError);
  expect(transport.sent).toEqual([]);
  return error.message;
}

const first = "2021-03-07";
const teamsExtension = "2025-06-30";
const methods: readonly (readonly [string, string, Run])[] = [
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

describe.each(methods)("the service version of %s, which exists since %s,", (_, since, run) => {
  it("is 2023-10-01 by default, unless that is too old", async () => {
    expect(await queryOf(undefined, run)).toBe(
      `?api-version=${since === teamsExtension ? since : "2023-10-01"}`,
    );
  });

  it.each([...serviceVersions, "2024-01-01", "2027-01-01"])(
    "is the client's %s, unless that is too old",
    async (version) => {
      const [, later] = [version, since].toSorted();
      expect(await queryOf(version, run)).toBe(`?api-version=${later}`);
    },
  );

  it.each([
    ["2026-09-23 ", "2026-09-23%20"],
    ["v&x=1", "v%26x%3D1"],
    ["a/b?c#d", "a%2Fb%3Fc%23d"],
    ["~ü", "~%C3%BC"],
  ])("is sent percent-encoded: %j", async (version, encoded) => {
    expect(await queryOf(version, run)).toBe(`?api-version=${encoded}`);
  });
});

it("the service version of one call doesn't affect the client's other calls", async () => {
  const { transport, client } = setUp();
  await client.getTeamsExtensionAssignment("t", "o");
  await client.createUser();
  expect(transport.sent.map(({ url }) => new URL(url).search)).toEqual([
    "?api-version=2025-06-30",
    "?api-version=2023-10-01",
  ]);
});

describe("tokenExpiresInMinutes", () => {
  const calls: readonly Run[] = [
    (client) => client.getToken(user, ["chat"], { tokenExpiresInMinutes: 60 }),
    (client) => client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 }),
  ];

  it.each(["2021-03-07", "2022-06-01"])("is rejected with %s, which doesn't support it", async (version) => {
    for (const run of calls) {
      const message = await refusalOf(version, run);
      expect(message).toBe(
        `expiresInMinutes needs apiVersion "2022-10-01" or later; this client has "${version}".`,
      );
    }
  });

  it.each(serviceVersions.filter((version) => version >= "2022-10-01"))(
    "is sent with %s",
    async (version) => {
      for (const run of calls) expect(await queryOf(version, run)).toBe(`?api-version=${version}`);
    },
  );
});
