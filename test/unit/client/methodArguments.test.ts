// A call that can't be valid is rejected before anything is sent; the service judges everything else.
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, type TokenScope } from "../../../src/index.js";
import { longTexts } from "../../helpers/longTexts.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { stubTransport, success } from "../../helpers/stubTransport.js";
import { connectionString, secretEntraToken, teams, user } from "../../helpers/values.js";

/** The client as a JavaScript caller sees it. */
type Loose = Record<keyof CommunicationIdentityClient, (...args: readonly unknown[]) => Promise<unknown>>;
type LooseRun = (client: Loose) => Promise<unknown>;

function setUp() {
  const transport = stubTransport(success);
  const client = new CommunicationIdentityClient(connectionString, {
    httpClient: transport,
    apiVersion: "2025-03-02-preview",
  });
  return { transport, client, loose: client as unknown as Loose };
}

/** Returns the TypeError that a call rejects with (instead of throwing it), having sent nothing. */
async function refusal(run: LooseRun): Promise<Error> {
  const { transport, loose } = setUp();
  const error = await rejectionOf(() => run(loose));
  expect(error).toBeInstanceOf(TypeError);
  expect(transport.sent).toEqual([]);
  return error;
}

const secretJwt = `eyJhbGciOiJSUzI1NiJ9.${btoa(secretEntraToken).replace(/=+$/, "")}.c2lnbmF0dXJl`;
const takeUser = ["getToken", "revokeTokens", "deleteUser"] as const;

describe.each(takeUser)("%s", (method) => {
  it.each([
    ["undefined", undefined, "The user must be { communicationUserId: id }; it is undefined."],
    ["null", null, "The user must be { communicationUserId: id }; it is null."],
    ["{}", {}, "The user must be { communicationUserId: id }"],
    [
      "an undefined id",
      { communicationUserId: undefined },
      "user.communicationUserId must be a non-empty string; it is undefined.",
    ],
    ["a null id", { communicationUserId: null }, "it is null."],
    ["a number", 5, "The user must be { communicationUserId: id }, before the scopes."],
    ["a promise", Promise.resolve({ communicationUserId: "8:acs:x" }), "Await a promise"],
    ["scopes in place of the user", ["voip"], ", before the scopes."],
    [
      "the result of createUserAndToken",
      { user: { communicationUserId: "8:acs:x" }, token: "x" },
      "pass the user member of createUserAndToken's result.",
    ],
    ["a number as id", { communicationUserId: 5 }, "it is number."],
    ["a list of ids", { communicationUserId: ["8:acs:x"] }, "it is object."],
    ["an empty id", { communicationUserId: "" }, "it is empty."],
    ["a phone number", { phoneNumber: "+1" }, "The user must be { communicationUserId: id }"],
    ["a bare id", "8:acs:x", "The user must be { communicationUserId: id }"],
    ["'.' as id", { communicationUserId: "." }, "must be well-formed Unicode, and not empty, '.', '..' or"],
    ["'..' as id", { communicationUserId: ".." }, "must be well-formed Unicode, and not empty, '.', '..' or"],
    ["a token as id", { communicationUserId: secretJwt }, "or a token."],
    ...['{"alg":"dir"}', '{ "alg": "RS256" }', '{\n"alg":"RS256"}'].map(
      (header): [string, object, string] => [
        `a token with the header ${header} and no second part`,
        { communicationUserId: `${Buffer.from(header).toString("base64url")}..secret` },
        "or a token.",
      ],
    ),
    ["half of a surrogate pair", { communicationUserId: "a\ud800b" }, "must be well-formed Unicode"],
  ])("rejects %s in the place of a user", async (_, value, message) => {
    const error = await refusal((client) =>
      method === "getToken" ? client.getToken(value, ["chat"]) : client[method](value),
    );
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("8:acs:x");
    expectNoSecret(error, secretJwt);
  });
});

it("a user that also has a member called user is accepted", async () => {
  const { transport, client } = setUp();
  await client.revokeTokens({ ...user, user: "alice" } as typeof user);
  expect(transport.sent).toHaveLength(1);
});

describe("scopes", () => {
  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a string", "chat"],
    ["an object", { 0: "chat", length: 1 }],
    ["a set", new Set(["chat"])],
    ["an array with a number", ["chat", 5]],
    ["an array with undefined", [undefined]],
    ["an array with a hole", Object.assign([], { 1: "voip" })],
    ["an array with an array", [["chat"]]],
  ])("that are %s are rejected", async (_, scopes) => {
    const message = 'scopes must be an array of strings, such as ["voip"].';
    const errors = [
      await refusal((client) => client.getToken(user, scopes)),
      await refusal((client) => client.createUserAndToken(scopes)),
    ];
    expect(errors.map((error) => error.message)).toEqual([message, message]);
  });

  it.each([[["nope"]], [[]], [["chat", "chat"]], [[""]]])("that are %j are sent", async (scopes) => {
    const { transport, client } = setUp();
    await client.getToken(user, scopes as TokenScope[]);
    await client.createUserAndToken(scopes as TokenScope[]);
    expect(transport.sent.map(({ body }) => body)).toEqual([
      JSON.stringify({ scopes }),
      JSON.stringify({ createTokenWithScopes: scopes }),
    ]);
  });
});

describe("tokenExpiresInMinutes", () => {
  it.each([60.5, Number.NaN, Number.POSITIVE_INFINITY, "60", "", true, {}, 60n])(
    "of %s is rejected",
    async (minutes) => {
      const options = { tokenExpiresInMinutes: minutes };
      const message = "tokenExpiresInMinutes must be a whole number.";
      const errors = [
        await refusal((client) => client.getToken(user, ["chat"], options)),
        await refusal((client) => client.createUserAndToken(["chat"], options)),
      ];
      expect(errors.map((error) => error.message)).toEqual([message, message]);
    },
  );

  it.each([
    "ExpiresIn",
    "expiresInMinutes",
    "expiryInMinutes",
    "tokenExpiresIn",
    "expiration",
    "expiresOn",
    "tokenExpirationInMinutes",
    "tokenExpiresInHours",
    "tokenExpiresInMins",
    "tokenExpiresInMinute",
    "tokenExpiersInMinutes",
    "tokenexpiresinminutes",
  ])("has no other name or typo: %s", async (name) => {
    for (const run of [
      (client: Loose) => client.createUser({ [name]: 60 }),
      (client: Loose) => client.getToken(user, ["chat"], { [name]: 60 }),
      (client: Loose) => client.createUserAndToken(["chat"], { [name]: 60 }),
    ]) {
      const { message } = await refusal(run);
      expect(message).toBe(`Unknown option ${name}. Did you mean tokenExpiresInMinutes?`);
    }
  });

  it.each([59, 60, 1440, 1441, 0, -1])("of %i is sent", async (minutes) => {
    const { transport, client } = setUp();
    await client.getToken(user, ["chat"], { tokenExpiresInMinutes: minutes });
    expect(transport.sent[0]?.body).toBe(`{"scopes":["chat"],"expiresInMinutes":${minutes}}`);
  });
});

describe("options", () => {
  it("have no customId when a user is created, since each call would create another one", async () => {
    const errors = [
      await refusal((client) => client.createUser({ customId: "bob" })),
      await refusal((client) => client.createUserAndToken(["chat"], { customId: "bob" })),
    ];
    for (const { message } of errors) expect(message).toMatch(/^customId belongs to a preview/);
  });

  it.each([[60], ["60"], [true], [["voip"]], [() => ({})]])("that are %j are rejected", async (options) => {
    const message = "The options must be an object.";
    const errors = [
      await refusal((client) => client.createUser(options)),
      await refusal((client) => client.createUserAndToken(["chat"], options)),
      await refusal((client) => client.getToken(user, ["chat"], options)),
      await refusal((client) => client.revokeTokens(user, options)),
      await refusal((client) => client.deleteUser(user, options)),
    ];
    expect(errors.map((error) => error.message)).toEqual(errors.map(() => message));
  });
});

describe("the option abortSignal", () => {
  const { signal } = new AbortController();
  const add = () => undefined;

  it.each([
    ["a native signal", signal],
    ["an object of its shape", { aborted: false, addEventListener: add, removeEventListener: add }],
    ["null", null],
  ])("may be %s", async (_, abortSignal) => {
    const { transport, client } = setUp();
    await client.getToken(user, ["chat"], { abortSignal } as never);
    expect(transport.sent).toHaveLength(1);
  });
});

describe("an option of a call", () => {
  const add = () => undefined;
  const notSignals = [
    new AbortController(),
    true,
    { aborted: false },
    { aborted: false, addEventListener: add },
    { aborted: false, removeEventListener: add },
    { addEventListener: add, removeEventListener: add },
    { aborted: "no", addEventListener: add, removeEventListener: add },
  ];
  const signal = "abortSignal must be an AbortSignal, such as controller.signal.";
  const number = "requestOptions.timeout must be a number, 0 or more.";
  const headers = "requestOptions.customHeaders must be an object.";
  it.each<[object, string]>([
    ...notSignals.map((abortSignal): [object, string] => [{ abortSignal }, signal]),
    [{ tracingOptions: 5 }, "tracingOptions must be an object."],
    [{ onResponse: {} }, "onResponse must be a function."],
    [{ requestOptions: 5000 }, "requestOptions must be an object."],
    [{ requestOptions: [] }, "requestOptions must be an object."],
    [{ requestOptions: { timeout: "5000" } }, number],
    [{ requestOptions: { timeout: Number.NaN } }, number],
    [{ requestOptions: { timeout: -1 } }, number],
    [{ requestOptions: { customHeaders: "x-name: value" } }, headers],
    [{ requestOptions: { customHeaders: new Map([["x-name", "value"]]) } }, headers],
    [
      { requestOptions: { headers: new Headers({ "x-name": "value" }) } },
      "requestOptions.headers must be an object.",
    ],
    [
      { requestOptions: { onDownloadProgress: true } },
      "requestOptions.onDownloadProgress must be a function.",
    ],
    [{ requestOptions: { onUploadProgress: {} } }, "requestOptions.onUploadProgress must be a function."],
  ])("is rejected: %j: %s", async (options, message) => {
    expect((await refusal((client) => client.createUser(options))).message).toBe(message);
  });
});

describe("getTokenForTeamsUser", () => {
  it.each([
    ["undefined", undefined, "teamsUserAadToken must be a string; it is undefined."],
    ["null", null, "teamsUserAadToken must be a string; it is undefined."],
    ["{}", {}, "teamsUserAadToken must be a string; it is undefined."],
    ["no client id", { ...teams, clientId: undefined }, "clientId must be a string; it is undefined."],
    ["null as user id", { ...teams, userObjectId: null }, "userObjectId must be a string; it is null."],
    [
      "a number as token",
      { ...teams, teamsUserAadToken: 5 },
      "teamsUserAadToken must be a string; it is number.",
    ],
  ])("rejects %s", async (_, options, message) => {
    const error = await refusal((client) => client.getTokenForTeamsUser(options));
    expect(error.message).toBe(message);
    expectNoSecret(error, secretEntraToken);
  });

  it("sends empty strings, which the service answers with its own errors", async () => {
    const { transport, client } = setUp();
    await client.getTokenForTeamsUser({ teamsUserAadToken: "", clientId: "", userObjectId: "" });
    expect(transport.sent[0]?.body).toBe('{"token":"","appId":"","userId":""}');
  });
});

describe("Teams extension assignments", () => {
  it.each([["an-id"], [["an-id", null]], [{}], [5]])(
    "reject %j as clientIds before a request",
    async (clientIds) => {
      const assignment = { principalType: "user", clientIds };
      const error = await refusal((client) => client.upsertTeamsExtensionAssignment("t", "o", assignment));
      expect(error.message).toBe("assignment.clientIds must be an array of strings, such as [clientId].");
    },
  );

  it("send an empty array of clientIds, which isn't the same as none", async () => {
    const httpClient = stubTransport({ status: 500 });
    const retryOptions = { maxRetries: 0 };
    const client = new CommunicationIdentityClient(connectionString, { httpClient, retryOptions });
    const assignment = { principalType: "user" as const, clientIds: [] };
    await expect(client.upsertTeamsExtensionAssignment("t", "o", assignment)).rejects.toThrow();
    expect(httpClient.sent).toMatchObject([{ body: JSON.stringify(assignment) }]);
  });

  const methods = [
    "getTeamsExtensionAssignment",
    "upsertTeamsExtensionAssignment",
    "deleteTeamsExtensionAssignment",
  ] as const;
  it.each(methods)("reject invalid ids in %s", async (method) => {
    const assignment = { principalType: "user" };
    for (const [tenantId, objectId, name] of [
      [undefined, "o", "tenantId"],
      ["", "o", "tenantId"],
      ["t", undefined, "objectId"],
      ["t", "", "objectId"],
      ["t", 5, "objectId"],
      ["..", "o", "An id "],
      ["t", ".", "An id "],
      ["t", secretJwt, "An id "],
    ]) {
      const error = await refusal((client) => client[method](tenantId, objectId, assignment));
      expect(error.message).toContain(name);
    }
  });

  it.each([[undefined], [null], [{}], [{ principalType: "" }], [{ principalType: 5 }]])(
    "reject the assignment %j",
    async (assignment) => {
      const error = await refusal((client) => client.upsertTeamsExtensionAssignment("t", "o", assignment));
      expect(error.message).toContain("assignment.principalType must be a non-empty string");
    },
  );
});

describe("an id", () => {
  const methods: Record<string, (client: CommunicationIdentityClient, id: string) => Promise<unknown>> = {
    getToken: (client, id) => client.getToken({ communicationUserId: id }, ["voip"]),
    revokeTokens: (client, id) => client.revokeTokens({ communicationUserId: id }),
    deleteUser: (client, id) => client.deleteUser({ communicationUserId: id }),
    "getTokenForTeamsUser with the client's id": (client, clientId) =>
      client.getTokenForTeamsUser({ ...teams, clientId }),
    "getTokenForTeamsUser with the user's id": (client, userObjectId) =>
      client.getTokenForTeamsUser({ ...teams, userObjectId }),
    "getTeamsExtensionAssignment with a tenant's id": (client, id) =>
      client.getTeamsExtensionAssignment(id, "o"),
    "deleteTeamsExtensionAssignment with a principal's id": (client, id) =>
      client.deleteTeamsExtensionAssignment("t", id),
    "upsertTeamsExtensionAssignment with a client's id": (client, id) =>
      client.upsertTeamsExtensionAssignment("t", "o", { principalType: "user", clientIds: [id] }),
  };

  it.each(Object.keys(methods))(
    "of more than 1024 characters is refused by %s, which says the limit",
    async (name) => {
      const transport = stubTransport({ status: 500 });
      const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
      for (const text of [...longTexts, "8".repeat(1025)]) {
        await expect(methods[name]?.(client, text)).rejects.toThrow(
          `must have at most 1024 characters; it has ${text.length}.`,
        );
      }
      expect(transport.sent).toEqual([]);
    },
  );

  it("of 1024 characters is accepted, whatever they are", async () => {
    const transport = stubTransport({ status: 204 });
    const client = new CommunicationIdentityClient(connectionString, { httpClient: transport });
    for (const text of longTexts) await client.deleteUser({ communicationUserId: `8${text.slice(0, 1023)}` });
    expect(transport.sent).toHaveLength(longTexts.length);
  });
});
