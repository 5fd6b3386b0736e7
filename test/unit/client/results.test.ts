import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { clientNames, makeClient, sixCalls } from "../../helpers/bothClients.js";
import { type CannedAnswer, stubTransport, success } from "../../helpers/stubTransport.js";
import { connectionString, secretToken, tokenBody, userBody, userId } from "../../helpers/values.js";

function clientFor(answer: CannedAnswer): CommunicationIdentityClient {
  return new CommunicationIdentityClient(connectionString, {
    httpClient: stubTransport(answer),
    apiVersion: "2025-03-02-preview",
  });
}

const expiresOn = new Date("2030-01-02T03:04:05.123Z");
const expectedResults: Readonly<Record<string, unknown>> = {
  createUser: { communicationUserId: userId },
  createUserAndToken: { token: secretToken, expiresOn, user: { communicationUserId: userId } },
  getToken: { token: secretToken, expiresOn },
  revokeTokens: undefined,
  deleteUser: undefined,
  getTokenForTeamsUser: { token: secretToken, expiresOn },
};

describe.each(clientNames)("a result of the client %s", (name) => {
  it.each(sixCalls)("has only its documented members: $name", async (call) => {
    const client = makeClient(name, { httpClient: stubTransport(call.answer) });
    const result = await call.run(client);
    expect(result).toStrictEqual(expectedResults[call.name]);
    expect(Reflect.ownKeys(Object(result)).toSorted()).toEqual(
      Object.keys(expectedResults[call.name] ?? {}).toSorted(),
    );
  });
});

describe("unknown members of a response", () => {
  const extra =
    '"extra":1,"then":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
  const withExtra = (body: object) => `${JSON.stringify(body).slice(0, -1)},${extra}}`;

  it("don't reach the result or any prototype", async () => {
    const identity = withExtra(userBody.identity);
    const body = `{"identity":${identity},"accessToken":${withExtra(tokenBody)},${extra}}`;
    const answer = { status: 201, body, headers: { "content-type": "application/json" } };
    const result = await clientFor(answer).createUserAndToken(["voip"]);
    expect(result).toStrictEqual(expectedResults.createUserAndToken);
    for (const each of [result, result.user]) expect(Object.getPrototypeOf(each)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });
});

describe("Teams extension assignments", () => {
  const body = { objectId: "o", tenantId: "t", principalType: "user", clientIds: ["a", "b"] };

  it("are returned with or without client ids", async () => {
    const answered = { ...body, extra: 1 };
    for (const status of [200, 201]) {
      const client = clientFor({ status, body: answered });
      expect(await client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user" })).toStrictEqual(
        body,
      );
    }
    const client = clientFor({ status: 200, body: answered });
    expect(await client.getTeamsExtensionAssignment("t", "o")).toStrictEqual(body);
    const { clientIds: _, ...least } = body;
    const leastClient = clientFor({ status: 200, body: { ...least, clientIds: null } });
    expect(await leastClient.getTeamsExtensionAssignment("t", "o")).toStrictEqual(least);
    expect(await clientFor({ status: 204 }).deleteTeamsExtensionAssignment("t", "o")).toBeUndefined();
  });

  it("are requested with tenant and object as one path segment each, and sent without undefined members", async () => {
    const transport = stubTransport(success);
    const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
    await client.upsertTeamsExtensionAssignment("t/1", "o?2", { principalType: "user", clientIds: ["a"] });
    const clientIds = null as never;
    await client.upsertTeamsExtensionAssignment("t", "o", { principalType: "resourceAccount", clientIds });
    await client.deleteTeamsExtensionAssignment("t", "o");
    const path = "/access/teamsExtension/tenants";
    expect(
      transport.sent.map(({ method, url, body: sent }) => [method, new URL(url).pathname, sent]),
    ).toEqual([
      ["PUT", `${path}/t%2F1/assignments/o%3F2`, '{"principalType":"user","clientIds":["a"]}'],
      ["PUT", `${path}/t/assignments/o`, '{"principalType":"resourceAccount"}'],
      ["DELETE", `${path}/t/assignments/o`, undefined],
    ]);
    expect(transport.sent.map(({ headers }) => headers["content-type"])).toEqual([
      "application/json",
      "application/json",
      undefined,
    ]);
  });
});
