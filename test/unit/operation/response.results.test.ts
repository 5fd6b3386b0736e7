// A 2xx response with an invalid body is an error. The error holds no part of the body, which may contain a token.
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, isRestError, type RestError } from "../../../src/index.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { type CannedAnswer, stubTransport } from "../../helpers/stubTransport.js";
import {
  connectionString,
  secretToken,
  tokenBody,
  user,
  userAndTokenBody,
  userBody,
  userId,
} from "../../helpers/values.js";

type Run = (client: CommunicationIdentityClient) => Promise<unknown>;

async function failureOf(answer: CannedAnswer, run: Run): Promise<RestError> {
  const transport = stubTransport(answer);
  const client = new CommunicationIdentityClient(connectionString, {
    httpClient: transport,
    retryOptions: { maxRetries: 0 },
  });
  const error = await rejectionOf(() => run(client));
  expect(transport.sent).toHaveLength(1);
  expectNoSecret(error, secretToken, secretToken.slice(0, 8), "secret-page");
  return isRestError(error) ? error : expect.fail(`no RestError: ${String(error)}`);
}

const getToken: Run = (client) => client.getToken(user, ["voip"]);
const exchange: Run = (client) =>
  client.getTokenForTeamsUser({ teamsUserAadToken: "t", clientId: "a", userObjectId: "u" });
const createUser: Run = (client) => client.createUser();
const createUserAndToken: Run = (client) => client.createUserAndToken(["voip"]);
const getAssignment: Run = (client) => client.getTeamsExtensionAssignment("t", "o");

const html = { "content-type": "text/html; charset=utf-8" };
const noObject: readonly (readonly [string, Omit<CannedAnswer, "status">])[] = [
  ["no body", {}],
  ["null", { body: "null" }],
  ["[]", { body: `["${secretToken}"]` }],
  ["5", { body: "5" }],
  ["a string", { body: `"${secretToken}"` }],
  ["an HTML page", { body: `<html>secret-page ${secretToken}`, headers: html }],
  ["JSON labelled as HTML", { body: tokenBody, headers: html }],
  ["JSON cut off inside the token", { body: `{"token":"${secretToken}` }],
  ["a bare token instead of JSON", { body: secretToken }],
];

describe.each([
  ["getToken", 200, getToken],
  ["getTokenForTeamsUser", 200, exchange],
  ["createUser", 201, createUser],
  ["createUserAndToken", 201, createUserAndToken],
  ["getTeamsExtensionAssignment", 200, getAssignment],
] as const)("the error of %s shows nothing of a response with", (method, status, run) => {
  it.each(noObject)("%s", async (_, answer) => {
    const error = await failureOf({ status, ...answer }, run);
    const start = `^${method} received ${status}(?: \\([\\w/]+\\))?, request id [0-9a-f-]{36}, `;
    const end = answer.headers
      ? "\\. Check the endpoint \\(my-resource.communication.azure.com\\) and the proxy\\."
      : "";
    expect(error.message).toMatch(new RegExp(`${start}but body is .*not an object${end}$`));
    expect(error.code).toBe("PARSE_ERROR");
    expect(error.statusCode).toBe(status);
    expect(error.request?.url).toContain("api-version=");
    expect(error.response?.status).toBe(status);
  });
});

describe("a status that the specification doesn't name for the operation is an error that shows no body:", () => {
  const upsert: Run = (client) => client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user" });
  const answers: readonly Omit<CannedAnswer, "status">[] = [
    {},
    { body: { ...userAndTokenBody, ...tokenBody } },
    { body: { error: { code: "Denied", message: secretToken } } },
    { body: `<html>secret-page ${secretToken}`, headers: html },
  ];
  it.each<[string, string, Run]>([
    ["createUser", "201", createUser],
    ["createUserAndToken", "201", createUserAndToken],
    ["getToken", "200", getToken],
    ["revokeTokens", "204", (client) => client.revokeTokens(user)],
    ["deleteUser", "204", (client) => client.deleteUser(user)],
    ["getTokenForTeamsUser", "200", exchange],
    ["getTeamsExtensionAssignment", "200", getAssignment],
    ["upsertTeamsExtensionAssignment", "200 or 201", upsert],
    ["deleteTeamsExtensionAssignment", "204", (client) => client.deleteTeamsExtensionAssignment("t", "o")],
  ])("%s, whose success is %s", async (method, statuses, run) => {
    const unexpected = [200, 201, 202, 204, 205, 206, 207, 299].filter(
      (each) => !statuses.includes(`${each}`),
    );
    for (const [index, status] of unexpected.entries()) {
      const answer = answers[index % answers.length];
      const error = await failureOf({ status, ...answer }, run);
      expect(error.message).toContain(`${method} received ${status}`);
      expect(error.message).toContain(`, but only ${statuses} is a success`);
      expect(error.message.includes("Check the endpoint")).toBe(answer?.headers !== undefined);
      expect(error).toMatchObject({ statusCode: status, code: "PARSE_ERROR" });
      expect(Object.keys(error.response ?? {}).toSorted()).toEqual(["headers", "request", "status"]);
      // Whoever gets the error can delete the user.
      const hasUser = answer === answers[1];
      expect(error.details).toEqual(hasUser ? { identity: { id: userId } } : {});
    }
  });
});

// wireReaders.test.ts has the values that each type refuses.
describe("the operations name the invalid member of a response with", () => {
  const assignment = { objectId: "o", tenantId: "t", principalType: "user" };
  const time = "a date and time with an offset";
  it.each<[string, Run, object, string, string]>([
    ["no token", getToken, {}, "body.token", "a string"],
    ["an object as token", exchange, { ...tokenBody, token: { secretToken } }, "body.token", "a string"],
    ["no expiry", getToken, { token: secretToken }, "body.expiresOn", time],
    ["garbage as expiry", exchange, { ...tokenBody, expiresOn: secretToken }, "body.expiresOn", time],
    ["no identity", createUser, {}, "body.identity", "an object"],
    ["an array as identity", createUserAndToken, { identity: [] }, "body.identity", "an object"],
    ["an identity without id", createUser, { identity: {} }, "body.identity.id", "a string"],
    ["an empty id", createUserAndToken, { identity: { id: "" } }, "body.identity.id", "a string"],
    [
      "a token without expiry",
      createUserAndToken,
      { ...userBody, accessToken: { token: secretToken } },
      "body.accessToken.expiresOn",
      time,
    ],
    ["no objectId", getAssignment, { ...assignment, objectId: null }, "body.objectId", "a string"],
    ["an empty tenantId", getAssignment, { ...assignment, tenantId: "" }, "body.tenantId", "a string"],
    [
      "a number as principalType",
      getAssignment,
      { ...assignment, principalType: 5 },
      "body.principalType",
      "a string",
    ],
    ["a string as clientIds", getAssignment, { ...assignment, clientIds: "a" }, "body.clientIds", "an array"],
    ["a number as client id", getAssignment, { ...assignment, clientIds: [5] }, "body.clientIds", "a string"],
  ])("%s", async (_, run, body, name, type) => {
    const status = run === createUser || run === createUserAndToken ? 201 : 200;
    const error = await failureOf({ status, body }, run);
    expect(error.message).toContain(`, but ${name} is missing or not ${type}`);
    expect(error.response && "bodyAsText" in error.response).toBe(false);
    expect(error.response && "parsedBody" in error.response).toBe(false);
  });
});

describe("createUserAndToken", () => {
  it.each([
    ["no token", {}],
    ["a null token", { accessToken: null }],
  ])("rejects a user with %s, and names the user that now exists", async (_, more) => {
    const error = await failureOf({ status: 201, body: { ...userBody, ...more } }, createUserAndToken);
    expect(error.code).toBe("PARSE_ERROR");
    expect(error.message).toContain("details.identity.id");
    expect(error.details).toEqual({ identity: { id: userId } });
    expect(error).toMatchObject({ statusCode: 201, attempts: 1, requestId: error.request?.requestId });
    expect(error.response?.status).toBe(201);
  });
});

describe("onResponse for an invalid response", () => {
  it("is called once, with the error and without the body", async () => {
    const seen: unknown[][] = [];
    const transport = stubTransport({ status: 200, body: { token: secretToken } });
    const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
    const options = { onResponse: (...args: unknown[]) => void seen.push(args) };
    const error = await rejectionOf(() => client.getToken(user, ["voip"], options));
    expect(seen).toHaveLength(1);
    expect(seen[0]?.[2]).toBe(error);
    expect(seen[0]?.[1]).toEqual({});
    expectNoSecret(seen[0]?.[0], secretToken);
    expect(error).toMatchObject({ details: {} });
  });
});
