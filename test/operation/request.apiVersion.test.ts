import { describe, expect, it } from "vitest";
import { serviceVersions } from "../../src/generated/apiVersions.js";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../src/index.js";
import { rejectionOf } from "../helpers/secrets.js";
import { stubTransport, success } from "../helpers/stubTransport.js";
import { connectionString, teams, user } from "../helpers/values.js";

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

const sinceTheFirst: readonly (readonly [string, Run])[] = [
  ["createUser", (client) => client.createUser()],
  ["createUserAndToken", (client) => client.createUserAndToken(["chat"])],
  ["getToken", (client) => client.getToken(user, ["chat"])],
  ["revokeTokens", (client) => client.revokeTokens(user)],
  ["deleteUser", (client) => client.deleteUser(user)],
];
const exchange: Run = (client) => client.getTokenForTeamsUser(teams);
const teamsExtension: readonly (readonly [string, Run])[] = [
  ["getTeamsExtensionAssignment", (client) => client.getTeamsExtensionAssignment("t", "o")],
  [
    "upsertTeamsExtensionAssignment",
    (client) => client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user" }),
  ],
  ["deleteTeamsExtensionAssignment", (client) => client.deleteTeamsExtensionAssignment("t", "o")],
];

describe("the service version", () => {
  it.each([...sinceTheFirst, ["getTokenForTeamsUser", exchange] as const])(
    "is 2023-10-01 by default: %s",
    async (_, run) => {
      expect(await queryOf(undefined, run)).toBe("?api-version=2023-10-01");
    },
  );

  describe.each(sinceTheFirst)("of %s", (_, run) => {
    it.each(serviceVersions)("is the client's, %s", async (version) => {
      expect(await queryOf(version, run)).toBe(`?api-version=${version}`);
    });
  });

  it.each(serviceVersions)(
    "of getTokenForTeamsUser is 2022-06-01 or later on a client with %s",
    async (version) => {
      const expected = version === "2021-03-07" ? "2022-06-01" : version;
      expect(await queryOf(version, exchange)).toBe(`?api-version=${expected}`);
    },
  );

  describe.each(teamsExtension)("of %s", (_, run) => {
    it.each([...serviceVersions.filter((version) => version < "2025-06-30"), undefined])(
      "is the first stable one that supports it on a client with %s",
      async (version) => {
        expect(await queryOf(version, run)).toBe("?api-version=2025-06-30");
      },
    );

    it.each(serviceVersions.filter((version) => version >= "2025-06-30"))(
      "is the client's, %s",
      async (version) => {
        expect(await queryOf(version, run)).toBe(`?api-version=${version}`);
      },
    );
  });

  it.each([
    ["2027-01-01", "2027-01-01"],
    ["2026-09-23 ", "2026-09-23%20"],
    ["v&x=1", "v%26x%3D1"],
    ["a/b?c#d", "a%2Fb%3Fc%23d"],
    ["~ü", "~%C3%BC"],
  ])("that is newer than this library is sent percent-encoded: %j", async (version, encoded) => {
    for (const [, run] of [...sinceTheFirst, ...teamsExtension]) {
      expect(await queryOf(version, run)).toBe(`?api-version=${encoded}`);
    }
  });

  it.each(["2020-07-20-preview2", "2024-01-01"])(
    "that is older and unknown follows the same rules: %s",
    async (version) => {
      for (const [, run] of sinceTheFirst)
        expect(await queryOf(version, run)).toBe(`?api-version=${version}`);
      for (const [, run] of teamsExtension)
        expect(await queryOf(version, run)).toBe("?api-version=2025-06-30");
    },
  );

  it("of one call doesn't affect the client's other calls", async () => {
    const { transport, client } = setUp();
    await client.getTeamsExtensionAssignment("t", "o");
    await client.createUser();
    expect(transport.sent.map(({ url }) => new URL(url).search)).toEqual([
      "?api-version=2025-06-30",
      "?api-version=2023-10-01",
    ]);
  });
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
