import { describe, expect, it } from "vitest";
import { toFakeIdentityService } from "../../../../src/testing/fakeIdentityService.js";
import { createFakeIdentityService } from "../../../../src/testing/index.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import { ask, deleteUser, makeUser, type Question } from "../../../helpers/testing/ask.js";
import { expectRefusal } from "../refusal.js";

// No recording shows how the service answers these requests, so the answers are our choice.
const version = "api-version=2023-10-01";
const preview = "api-version=2025-03-02-preview";
const create = `/identities?${version}`;

const service = createFakeIdentityService();

describe("the body of a request", () => {
  const post = (body: unknown, headers?: Record<string, string>): Question => ({
    method: "POST",
    target: create,
    body,
    ...(headers ? { headers } : {}),
  });

  it.each([
    ["not JSON", "{", "The request body is not valid JSON in UTF-8."],
    ["JSON truncated in a token", '{"token":"eyJ', "The request body is not valid JSON in UTF-8."],
    ["an array", [], "The JSON value could not be converted to an object."],
    ["a string", '"text"', "The JSON value could not be converted to an object."],
    ["a number", "1", "The JSON value could not be converted to an object."],
  ])("that is %s is rejected and not quoted", async (_, body, message) => {
    const reply = await ask(service, post(body));
    expect(reply.body.error).toEqual({ code: "ValidationError", message: `$: ${message}`, target: "$" });
    expect(JSON.stringify(reply.body)).not.toContain("eyJ");
  });

  it("that isn't UTF-8 is rejected", async () => {
    const body = Uint8Array.from('{"\xff":1}', (letter) => letter.charCodeAt(0));
    expect((await ask(service, post(body))).status).toBe(400);
  });

  it.each(["text/plain", "application/xml", "application/jsonx", ""])(
    "sent as %j gets 415 unless the service is loose",
    async (type) => {
      const loose = createFakeIdentityService({ strictness: "loose" });
      expect((await ask(loose, post({}, { "content-type": type }))).status).toBe(201);
      await expectRefusal(service, post({}, { "content-type": type }), {
        status: 415,
        code: "UnsupportedMediaType",
        message: "The request's content type is not supported.",
      });
      expect(service.requests.at(-1)?.diagnosis).toBe(
        type ? "Send Content-Type: application/json" : "The request has a body but no Content-Type",
      );
    },
  );

  it.each(["application/json", "application/json; charset=utf-8", "APPLICATION/JSON ;charset=utf-8"])(
    "sent as %j is accepted",
    async (type) => {
      expect((await ask(service, post({}, { "content-type": type }))).status).toBe(201);
    },
  );

  it("of 256 KiB is accepted, and one byte more gets 413", async () => {
    const body = (size: number) => `{"x":"${"x".repeat(size - 8)}"}`;
    expect((await ask(service, post(body(256 * 1024)))).status).toBe(201);
    const message = "The request body is too large.";
    const refusal = { status: 413, code: "RequestEntityTooLarge", message };
    await expectRefusal(service, post(body(256 * 1024 + 1)), refusal);
    expect(service.requests.at(-1)?.diagnosis).toBe("More than 262144 bytes");
  });

  it("may be null or have unknown members", async () => {
    expect((await ask(service, post("null"))).status).toBe(201);
    expect((await ask(service, post({ unknown: 1, __proto__: { customId: "x" } }))).status).toBe(201);
  });
});

describe("a path", () => {
  it.each([
    "/",
    "/identity",
    "/identities/",
    "/identities//:issueAccessToken",
    "/Identities",
    "/identities/%zz",
    "/access/entra",
    "/chatter",
  ])("%s that belongs to no operation gets 404, whoever asks", async (path) => {
    await expectRefusal(
      service,
      { method: "POST", target: `${path}?${version}`, headers: { authorization: "" } },
      { status: 404, code: "NotFound", message: "The requested resource was not found." },
    );
    expect(service.requests.at(-1)?.diagnosis).toBe("No operation has this path");
  });

  it.each([
    ["/chat/threads", "Chat"],
    ["/rooms/x", "Rooms"],
    ["/sms", "SMS"],
    ["/emails:send", "Email"],
    ["/calling/callConnections", "Call Automation"],
    ["/phoneNumbers", "Phone Numbers"],
    ["/availablePhoneNumbers/countries", "Phone Numbers"],
    ["/operatorInformation/:search", "Phone Numbers"],
    ["/sip/trunks", "Phone Numbers"],
    ["/routing/jobs/x", "Job Router"],
  ])("%s gets 404 and hears that it is one of %s, which isn't emulated", async (path, name) => {
    const reply = await ask(service, { method: "POST", target: path, body: {} });
    expect([reply.status, reply.diagnosis]).toEqual([
      404,
      `This is a path of ${name}, and only identity is emulated: replace the client of ${name} by a mock in tests, or use a real resource for both`,
    ]);
  });

  it.each([
    ["GET", create, "POST"],
    ["PATCH", `/identities/x?${version}`, "DELETE"],
    ["PATCH", "/identities/x?api-version=2025-03-02-preview", "GET, DELETE"],
    ["PUT", `/identities/x/:issueAccessToken?${version}`, "POST"],
    ["HEAD", "/identities/x?api-version=2025-03-02-preview", "GET, DELETE"],
    ["PUT", "/identities/x?api-version=2001-01-01", "GET, DELETE"],
    ["POST", `/access/entra/assignments?${preview}`, "GET, PATCH"],
    ["POST", "/.well-known/jwks.json", "GET"],
  ])("with the wrong method gets 405, whoever asks: %s %s", async (method, target, allow) => {
    const reply = await ask(service, { method, target, headers: { authorization: "" } });
    expect(reply.status).toBe(405);
    const message = `The endpoint only accepts ${allow} requests. Received a ${method} request.`;
    expect(reply.body.error).toEqual({ code: "MethodNotAllowed", message });
    expect(reply.headers.get("allow")).toBe(allow);
  });

  it("that isn't the service's own answers HEAD like GET", async () => {
    const { status } = await ask(service, { method: "HEAD", target: "/.well-known/jwks.json" });
    expect(status).toBe(200);
  });

  it("may contain an encoded or a raw id", async () => {
    const id = await makeUser(service);
    for (const encoded of [id, encodeURIComponent(id), id.replace("acs", "%61cs")]) {
      const reply = await ask(service, {
        method: "POST",
        target: `/identities/${encoded}/:revokeAccessTokens?${version}`,
      });
      expect(reply.status).toBe(204);
    }
  });
});

it.each([
  ["x".repeat(256), "x".repeat(256)],
  ["a b~", "a b~"],
  ["x".repeat(257), null],
  ["é", null],
])("an answer repeats the client's request id %j as %j", async (id, expected) => {
  const { headers } = await ask(service, {
    method: "POST",
    target: create,
    headers: { "x-ms-client-request-id": id },
  });
  expect(headers.get("x-ms-client-request-id")).toBe(expected);
});

describe("an id", () => {
  const operations: readonly [method: string, end: string, body?: object][] = [
    ["DELETE", `?${version}`],
    ["GET", `?${preview}`],
    ["POST", `/:revokeAccessTokens?${version}`],
    ["POST", `/:issueAccessToken?${version}`, { scopes: ["chat"] }],
  ];
  async function expectNotOwned(id: string, message: string): Promise<void> {
    const refusal = { status: 401, code: "IdentityNotOwned", message, announced: true };
    for (const [method, end, body] of operations) {
      const target = `/identities/${encodeURIComponent(id)}${end}`;
      await expectRefusal(service, { method, target, ...(body && { body }) }, refusal);
    }
  }
  const zeros = "00000000-0000-0000-0000-000000000000";

  it.each([
    ["of another resource", `8:acs:11111111-1111-1111-1111-111111111111_${zeros}`],
    ["of an unknown form", "ACS_ID"],
    ["with the name of a page of the authority", "adminconsent"],
    ["of a Teams user", "8:orgid:2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12"],
    ["with special characters", "8:acs:a b/c_d%?#"],
  ])("%s isn't owned, for any operation", async (_, id) => {
    await expectNotOwned(id, "Provided identity doesn't belong to the resource.");
    expect(service.requests.at(-1)?.diagnosis).toBe(
      "Ids of this resource start with 8:acs:00ac5000-1de4-4717-8000-0000000000f5_",
    );
  });

  it("that was deleted or never issued isn't owned, with a message of its own and a diagnosis that mentions restarts unless there is a data file", async () => {
    const id = await makeUser(service);
    expect(await deleteUser(service, id)).toBe(204);
    for (const each of [id, `8:acs:00ac5000-1de4-4717-8000-0000000000f5_${zeros}`]) {
      await expectNotOwned(each, "Provided identity doesn't exist.");
      expect(service.requests.at(-1)?.diagnosis).toMatch(
        /A restart of the emulator also loses its users, unless it runs with --data FILE/,
      );
    }
    const fake = createFake();
    fake.store.writer = { save: async () => {}, report: () => {} };
    const target = `/identities/${encodeURIComponent(id)}?${version}`;
    expect((await ask(toFakeIdentityService(fake), { method: "DELETE", target })).diagnosis).not.toContain(
      "restart",
    );
  });
});
