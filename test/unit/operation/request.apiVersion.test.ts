import { describe, expect, it } from "vitest";
import { serviceVersions } from "../../../src/generated/apiVersions.js";
import { rejectionOf } from "../../helpers/secrets.js";
import { user } from "../../helpers/values.js";
import { methods, queryOf, type Run, setUp } from "./methods.js";

/** Returns the message of the TypeError that a call rejects with before anything is sent. */
async function refusalOf(apiVersion: string | undefined, run: Run): Promise<string> {
  const { transport, client } = setUp(apiVersion);
  const error = await rejectionOf(() => run(client));
  expect(error).toBeInstanceOf(TypeError);
  expect(transport.sent).toEqual([]);
  return error.message;
}

describe.each(methods)("the service version of %s, which exists since %s,", (_, since, run) => {
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
