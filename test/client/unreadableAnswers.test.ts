// A success that is none: never a result, and never a byte of the body in the error, since it may hold a token.
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, isRestError, type RestError } from "../../src/index.js";
import { expectNoSecret, rejectionOf } from "../helpers/secrets.js";
import { type CannedAnswer, stubTransport } from "../helpers/stubTransport.js";
import { connectionString, secretToken, tokenBody, user, userBody, userId } from "../helpers/values.js";

type Run = (client: CommunicationIdentityClient) => Promise<unknown>;

async function failureOf(answer: CannedAnswer, run: Run): Promise<RestError> {
  const transport = stubTransport(answer);
  const client = new CommunicationIdentityClient(connectionString, {
    httpClient: transport,
    apiVersion: "2025-03-02-preview",
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
const getUserDetail: Run = (client) => client.getUserDetail(user);
const getAssignment: Run = (client) => client.getTeamsExtensionAssignment("t", "o");

const noObject: readonly (readonly [string, CannedAnswer, string])[] = [
  ["no body", { status: 200 }, "missing"],
  ["null", { status: 200, body: "null" }, "null"],
  ["[]", { status: 200, body: `["${secretToken}"]` }, "an array"],
  ["5", { status: 200, body: "5" }, "a number"],
  ["a text", { status: 200, body: `"${secretToken}"` }, "a string"],
  [
    "a page",
    { status: 200, body: `<html>secret-page ${secretToken}`, headers: { "content-type": "text/html" } },
    "missing",
  ],
  [
    "JSON labelled as a page",
    { status: 200, body: tokenBody, headers: { "content-type": "text/html; charset=utf-8" } },
    "missing",
  ],
  ["JSON cut off in the token", { status: 200, body: `{"token":"${secretToken}` }, "missing"],
  ["a token and no JSON", { status: 200, body: secretToken }, "missing"],
  ["204", { status: 204 }, "missing"],
];

describe.each([
  ["getToken", getToken, "issueAccessToken", "CommunicationIdentityAccessToken"],
  ["getTokenForTeamsUser", exchange, "exchangeTeamsUserAccessToken", "CommunicationIdentityAccessToken"],
  ["createUser", createUser, "createIdentity", "CommunicationIdentityAccessTokenResult"],
  ["createUserAndToken", createUserAndToken, "createIdentity", "CommunicationIdentityAccessTokenResult"],
  ["getUserDetail", getUserDetail, "getIdentity", "CommunicationIdentity"],
  [
    "getTeamsExtensionAssignment",
    getAssignment,
    "getTeamsExtensionAssignment",
    "TeamsExtensionAssignmentResponse",
  ],
] as const)("%s rejects an answer with", (_, run, operation, model) => {
  it.each(noObject)("%s", async (_, answer, what) => {
    const error = await failureOf(answer, run);
    expect(error.message).toMatch(
      new RegExp(
        `^${operation} was answered ${answer.status}(?: \\([\\w/]+\\))?, request id [0-9a-f-]{36}, but ${model} is ${what}, not an object\\.$`,
      ),
    );
    expect(error.code).toBe("PARSE_ERROR");
    expect(error.statusCode).toBe(answer.status);
    expect(error.request?.url).toContain("api-version=");
    expect(error.response?.status).toBe(answer.status);
  });
});

const token = "CommunicationIdentityAccessToken";
const badMembers: readonly (readonly [string, object, string])[] = [
  ["{}", {}, `${token}.token is missing, not a string`],
  ["no token", { ...tokenBody, token: undefined }, `${token}.token is missing`],
  ["a null token", { ...tokenBody, token: null }, `${token}.token is null`],
  ["an empty token", { ...tokenBody, token: "" }, `${token}.token is empty`],
  ["a number as token", { ...tokenBody, token: 5 }, `${token}.token is a number`],
  ["an object as token", { ...tokenBody, token: { secretToken } }, `${token}.token is an object`],
  ["no expiry", { token: secretToken }, `${token}.expiresOn is missing, not a date and time with an offset`],
  ["a null expiry", { ...tokenBody, expiresOn: null }, `${token}.expiresOn is null`],
  ["an empty expiry", { ...tokenBody, expiresOn: "" }, `${token}.expiresOn is empty`],
  ["seconds as expiry", { ...tokenBody, expiresOn: 1_900_000_000 }, `${token}.expiresOn is a number`],
  ["garbage as expiry", { ...tokenBody, expiresOn: secretToken }, `${token}.expiresOn is a string`],
  ["a date without a time", { ...tokenBody, expiresOn: "2030-01-02" }, `${token}.expiresOn is a string`],
  ["a time without an offset", { ...tokenBody, expiresOn: "2030-01-02T03:04:05" }, `${token}.expiresOn is a`],
  ["a date of no calendar", { ...tokenBody, expiresOn: "2030-13-01T03:04:05Z" }, `${token}.expiresOn is a`],
  ["a time of no clock", { ...tokenBody, expiresOn: "2030-01-02T25:04:05Z" }, `${token}.expiresOn is a`],
  [
    "another date format",
    { ...tokenBody, expiresOn: "Wed, 02 Jan 2030 03:04:05 GMT" },
    `${token}.expiresOn is a`,
  ],
];

describe.each([
  ["getToken", getToken],
  ["getTokenForTeamsUser", exchange],
])("%s names the member of an answer with", (_, run) => {
  it.each(badMembers)("%s", async (_, body, message) => {
    const error = await failureOf({ status: 200, body }, run);
    expect(error.message).toContain(`, but ${message}`);
    expect(error.response && "bodyAsText" in error.response).toBe(false);
    expect(error.response && "parsedBody" in error.response).toBe(false);
  });
});

const result = "CommunicationIdentityAccessTokenResult";
describe("createUser names the member of an answer with", () => {
  it.each([
    ["{}", {}, `${result}.identity is missing, not an object`],
    ["a null identity", { identity: null }, `${result}.identity is null, not an object`],
    ["an array as identity", { identity: [] }, `${result}.identity is an array`],
    ["an identity without id", { identity: {} }, "CommunicationIdentity.id is missing, not a string"],
    ["an empty id", { identity: { id: "" } }, "CommunicationIdentity.id is empty"],
    ["a number as id", { identity: { id: 5 } }, "CommunicationIdentity.id is a number"],
  ])("%s", async (_, body, message) => {
    for (const run of [createUser, createUserAndToken]) {
      expect((await failureOf({ status: 201, body }, run)).message).toContain(`, but ${message}`);
    }
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
  });

  it("rejects a token without its members", async () => {
    const body = { ...userBody, accessToken: { token: secretToken } };
    const error = await failureOf({ status: 201, body }, createUserAndToken);
    expect(error.message).toContain("CommunicationIdentityAccessToken.expiresOn is missing");
  });
});

describe("the other operations name the member that is missing", () => {
  it.each<[string, Run, object, string]>([
    ["getUserDetail", getUserDetail, { customId: "bob" }, "CommunicationIdentity.id is missing"],
    ["getUserDetail", getUserDetail, { id: "x", customId: 5 }, "CommunicationIdentity.customId is a number"],
    [
      "getUserDetail",
      getUserDetail,
      { id: "x", lastTokenIssuedAt: "soon" },
      "lastTokenIssuedAt is a string, not a date",
    ],
    [
      "getTeamsExtensionAssignment",
      getAssignment,
      { tenantId: "t" },
      "TeamsExtensionAssignmentResponse.objectId is missing",
    ],
    [
      "getTeamsExtensionAssignment",
      getAssignment,
      { objectId: "o", tenantId: "t", principalType: "user", clientIds: "a" },
      "TeamsExtensionAssignmentResponse.clientIds is a string, not an array",
    ],
    [
      "getTeamsExtensionAssignment",
      getAssignment,
      { objectId: "o", tenantId: "t", principalType: "user", clientIds: [5] },
      "TeamsExtensionAssignmentResponse.clientIds is a number, not a string",
    ],
  ])("%s", async (_, run, body, message) => {
    expect((await failureOf({ status: 200, body }, run)).message).toContain(message);
  });
});

describe("onResponse of such an answer", () => {
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
