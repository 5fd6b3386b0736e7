import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, isRestError, type RestError } from "../../../src/index.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { type StubAnswer, stubTransport } from "../../helpers/stubTransport.js";
import { connectionString, secretEntraToken, user } from "../../helpers/values.js";

function setUp(answer: StubAnswer) {
  const transport = stubTransport(answer);
  const client = new CommunicationIdentityClient(connectionString, {
    httpClient: transport,
    retryOptions: { maxRetries: 0 },
  });
  return { transport, client };
}

const sentId = { requestOptions: { customHeaders: { "x-ms-client-request-id": "id-1" } } };

async function errorOf(answer: StubAnswer): Promise<RestError> {
  const error = await rejectionOf(() => setUp(answer).client.getToken(user, ["voip"], sentId));
  return isRestError(error) ? error : expect.fail(`no RestError: ${String(error)}`);
}

/** The server returns another request id, which errors must ignore. */
const otherId = { "x-ms-client-request-id": "y".repeat(10_000) };

describe("an error without an envelope", () => {
  it.each([
    ["no body", { status: 500, headers: otherId }, "getToken received 500, request id id-1"],
    [
      "an empty object",
      { status: 400, headers: otherId, body: {} },
      "getToken received 400 (application/json), request id id-1",
    ],
    [
      "an HTML page of 100 KB",
      {
        status: 502,
        headers: { ...otherId, "content-type": "text/html" },
        body: "<p>secret-page</p>".repeat(6000),
      },
      "getToken received 502 (text/html), request id id-1",
    ],
    [
      "broken JSON",
      { status: 400, headers: otherId, body: '{"error":{"code":"secret-page"' },
      "getToken received 400 (application/json), request id id-1",
    ],
    [
      "an overlong content type",
      { status: 400, headers: { ...otherId, "content-type": `x/${"y".repeat(10_000)}` }, body: "z" },
      `getToken received 400 (x/${"y".repeat(78)}), request id id-1`,
    ],
  ])("states operation, status and request id for %s", async (_, answer, message) => {
    const error = await errorOf(answer);
    expect(error.message).toBe(message);
    expect(error.statusCode).toBe(answer.status);
    expect(error.code).toBeUndefined();
    expect(error.details).toEqual({});
    expect(error.stack).not.toContain("secret-page");
  });

  it("has the request id that was sent, whether the caller or the client set it", async () => {
    expect(await errorOf({ status: 500 })).toMatchObject({ requestId: "id-1" });
    const { transport, client } = setUp({ status: 500 });
    const error = await rejectionOf(() => client.getToken(user, ["voip"]));
    const requestId = transport.sent[0]?.headers["x-ms-client-request-id"];
    expect(error.message).toBe(`getToken received 500, request id ${requestId}`);
    expect(error).toMatchObject({ requestId });
  });
});

it("a content type with a million spaces is parsed quickly", async () => {
  const headers = { "content-type": `a${" ".repeat(1_000_000)}b` };
  const { message } = await errorOf({ status: 401, headers, body: "x" });
  expect(message).toContain("received 401");
});

it.each([
  [{ code: "Busy", message: "Later." }, "Later.", "Busy"],
  [{ message: "Later.", code: 5, details: [{}] }, "Later.", undefined],
  [{ error: "x", code: "Busy" }, "getToken received 400 (application/json), request id id-1", "Busy"],
  [{ code: "Busy", message: secretEntraToken }, "REDACTED", "Busy"],
])("an error without an envelope, as gateways send it, is read like one: %j", async (body, message, code) => {
  const error = await errorOf({ status: 400, body });
  expect(error).toMatchObject({ message, ...(code && { code }) });
  const texts = Object.entries(body).filter(([name, value]) => name !== "error" && typeof value === "string");
  expect(error.details).toEqual({
    error: Object.fromEntries(
      texts.map(([name, value]) => [name, value === secretEntraToken ? message : value]),
    ),
  });
});

describe("x-ms-error-code", () => {
  const headers = { ...otherId, "x-ms-error-code": "FromHeader" };

  it("is the code, unless the envelope has one", async () => {
    const { code, message } = await errorOf({ status: 404, headers });
    expect([code, message]).toEqual(["FromHeader", "getToken received 404, request id id-1"]);
    for (const [error, expected] of [
      [{ message: "m" }, "FromHeader"],
      [{ message: "m", code: "FromBody" }, "FromBody"],
    ] as const) {
      expect(await errorOf({ status: 400, headers, body: { error } })).toMatchObject({
        message: "m",
        code: expected,
      });
    }
  });
});

describe("a challenge that says why a token is refused", () => {
  const challenge = (description: string) => ({
    "WWW-Authenticate": `Bearer error="invalid_token", Error_Description="${description}"`,
  });

  it("is in the message of a 401, after that of the service", async () => {
    const reason = "The token's audience is wrong.";
    const empty = await errorOf({ status: 401, headers: challenge(reason) });
    expect(empty.message).toBe(`getToken received 401, request id id-1 (${reason})`);
    const body = { error: { code: "Denied", message: "Denied by the resource provider." } };
    const denied = await errorOf({ status: 401, headers: challenge(reason), body });
    expect(denied.message).toBe(`Denied by the resource provider. (${reason})`);
  });

  it.each([
    ["without a description", 401, { "WWW-Authenticate": 'Bearer realm="x", claims="e30="' }],
    ["on another status", 403, challenge("Not this.")],
  ])("adds nothing %s", async (_, status, headers) => {
    const body = { error: { code: "Denied", message: "Denied." } };
    expect((await errorOf({ status, headers, body })).message).toBe("Denied.");
  });

  it("is redacted, and has one line of 500 characters at most", async () => {
    const reason = `${secretEntraToken} was refused\t${"x".repeat(1000)}`;
    const { message } = await errorOf({ status: 401, headers: challenge(reason) });
    expectNoSecret(message, secretEntraToken);
    expect(message).toMatch(/\(REDACTED was refused\?x+\)$/);
    expect(message.length).toBeLessThan(560);
  });
});

describe("a malformed envelope", () => {
  const plain = "getToken received 400 (application/json), request id id-1";
  it.each<[string, unknown, object]>([
    ["null", null, {}],
    ["a string", "x", {}],
    ["a number", 5, {}],
    ["an array", ["x"], { error: {} }],
    ["an empty object", {}, { error: {} }],
    ["a number as message", { code: "C", message: 5 }, { error: { code: "C" } }],
    ["an object as message", { code: "C", message: { a: 1 } }, { error: { code: "C" } }],
    ["an empty message", { code: "C", message: "" }, { error: { code: "C", message: "" } }],
    ["a number as code", { code: 7509, message: "" }, { error: { message: "" } }],
    ["details that aren't an array", { code: "C", details: "x" }, { error: { code: "C" } }],
    [
      "junk among the details",
      { code: "C", details: [null, 5, { code: "D" }] },
      { error: { code: "C", details: [{ code: "D" }] } },
    ],
    ["a string as inner error", { code: "C", innererror: "x" }, { error: { code: "C" } }],
    ["unknown members", { code: "C", secret: "x" }, { error: { code: "C" } }],
  ])("yields the default message and keeps its valid details: %s", async (_, envelope, details) => {
    const error = await errorOf({ status: 400, headers: otherId, body: { error: envelope } });
    expect(error.message).toBe(plain);
    expect(error.details).toStrictEqual(details);
  });
});
