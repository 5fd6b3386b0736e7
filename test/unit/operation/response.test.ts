import { inspect } from "node:util";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it, vi } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import type { Operation } from "../../../src/operation/operation.js";
import { readResponse } from "../../../src/operation/response.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { connectionString } from "../../helpers/values.js";

const operation: Operation<unknown, unknown> = {
  name: "getToken",
  method: "GET",
  path: ["/a"],
  contentType: undefined,
  since: undefined,
  bodySince: {},
  statuses: [200],
  deserialize: undefined,
};

interface Received {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly url?: string;
}

function read(
  { status = 400, text = "", headers = {}, url = "http://127.0.0.1" }: Received,
  shouldDeserialize = true,
): unknown {
  const sent = createHttpHeaders({ Authorization: "Bearer c2lnbmF0dXJlLW9mLXRoaXM=" });
  const request = createPipelineRequest({ url, requestId: "the-id", headers: sent });
  const response = { request, status, headers: createHttpHeaders(headers), bodyAsText: text };
  return readResponse(operation, response, shouldDeserialize);
}

function errorOf(received: Received): Error & { details?: unknown } {
  try {
    read(received);
  } catch (error) {
    return error as Error;
  }
  return expect.fail("It didn't throw.");
}

function detailsOf(body: unknown, headers: Record<string, string> = {}, url = "http://127.0.0.1") {
  return errorOf({ text: JSON.stringify(body), headers, url }).details;
}

describe("the details of an error", () => {
  it("hold every known member", () => {
    const error = {
      code: "C",
      message: "m",
      target: "t",
      details: [{ code: "D" }],
      innererror: { code: "E" },
      other: 1,
    };
    const { innererror, other: _, ...known } = error;
    expect(detailsOf({ error })).toStrictEqual({ error: { ...known, innerError: innererror } });
  });

  const nested = (name: string) => {
    let error: object = {};
    for (let depth = 0; depth < 1000; depth++) error = { [name]: name === "details" ? [error] : error };
    return error;
  };
  it.each<[string, object]>([
    ["side by side", { details: Array(200).fill({}) }],
    ["in details of details", { details: Array(60).fill({ details: Array(60).fill({}) }) }],
    ["with inner errors", { details: Array(60).fill({ innererror: {} }) }],
    ["in 1000 levels of details", nested("details")],
    ["in 1000 levels of inner errors", nested("innererror")],
  ])("hold at most 100 errors in all depths together: %s", (_, error) => {
    const { error: kept } = detailsOf({ error }) as { error: object };
    expect(JSON.stringify(kept).match(/\{/g)).toHaveLength(100);
    expect(inspect(kept, { depth: null }).length).toBeGreaterThan(100);
  });

  it("name a user that exists although the call fails, in one line that shows no credential", () => {
    const id = `8:acs:\u001b c2lnbmF0dXJlLW9mLXRoaXM= ${"x".repeat(300)}`;
    const { details } = errorOf({ status: 201, text: JSON.stringify({ identity: { id } }) });
    expect(details).toEqual({ identity: { id: `8:acs:? REDACTED ${"x".repeat(300)}`.slice(0, 200) } });
  });

  it("aren't kept twice", () => {
    const { response } = errorOf({ text: '{"error":{"code":"C"}}' }) as { response?: object };
    expect(response).not.toHaveProperty("parsedBody");
  });

  it.each([[null], ["x"], [5], [[]], [{}], [{ code: 5 }], [{ error: "x", details: [{}] }]])(
    "of the body %j are empty",
    (body) => {
      expect(detailsOf(body)).toStrictEqual({});
    },
  );

  it("hold at most 2000 characters of the emulator's diagnosis, in ASCII, from any host", () => {
    const headers = { "x-ms-emulator-diagnosis": "x".repeat(2001) };
    const odd = { "x-ms-emulator-diagnosis": "caf\u00e9 \u001b[31m" };
    expect(detailsOf({}, odd)).toStrictEqual({ emulatorDiagnosis: "caf? ?[31m" });
    expect(detailsOf({}, headers)).toStrictEqual({ emulatorDiagnosis: "x".repeat(2000) });
    expect(detailsOf({}, odd, "https://a.example")).toStrictEqual({ emulatorDiagnosis: "caf? ?[31m" });
  });

  it("hold the emulator's diagnosis, which follows in the message", () => {
    const headers = { "x-ms-emulator-diagnosis": "The key is wrong." };
    const text = JSON.stringify({ error: { code: "Denied", message: "Denied by the resource provider." } });
    const { message } = errorOf({ status: 401, text, headers });
    expect(message).toBe("Denied by the resource provider. (Emulator: The key is wrong.)");
    expect(errorOf({ status: 401, text }).message).toBe("Denied by the resource provider.");
  });
});

describe("a body", () => {
  const text = '{"a":1}';
  const jsonOf = (type: string | undefined, body = text) =>
    read(
      { status: 200, text: body, ...(type !== undefined && { headers: { "Content-Type": type } }) },
      false,
    );

  it.each([
    undefined,
    "application/json",
    "text/json",
    "Application/JSON; charset=utf-8",
    "application/json  ;charset=utf-8",
    "application/problem+json",
    "application/vnd.a-b.c_1+json",
  ])("with the type %s is parsed", (type) => expect(jsonOf(type)).toEqual({ a: 1 }));

  it.each([
    "text/html",
    "image/json",
    "x-application/json",
    "application/json5",
    "application/json+xml",
    "application/+json",
    "application/problem json",
    "application/json, text/html",
  ])("with the type %s isn't parsed", (type) => expect(jsonOf(type)).toEqual({}));

  it("may have a byte order mark and white space around it", () => {
    expect(jsonOf("application/json", `\uFEFF ${text}\n`)).toEqual({ a: 1 });
  });

  it.each(["", "{", "{}}"])("that is %j has no value", (body) => {
    expect(jsonOf("application/json", body)).toEqual({});
  });
});

it("the body of a failed call is parsed once, after the last attempt", async () => {
  const parse = vi.spyOn(JSON, "parse");
  const body = JSON.stringify({ error: { code: "C", message: "eyJ0123456789" } });
  const httpClient = stubTransport({ status: 503, body, headers: { "retry-after": "0" } });
  const client = new CommunicationIdentityClient(connectionString, { httpClient });
  await expect(client.createUser()).rejects.toMatchObject({ code: "C", message: "REDACTED", attempts: 4 });
  // Not texts, whose escapes are read before.
  const objects = parse.mock.calls.map(([text]) => text).filter((text) => text.startsWith("{"));
  expect(objects).toEqual([body.replace("eyJ0123456789", "REDACTED")]);
});

describe("the message of an error without a body", () => {
  it.each<[Received, string]>([
    [
      { status: 500, headers: { "Content-Type": "text/html ; charset=utf-8; a=b" } },
      "getToken received 500 (text/html), request id the-id",
    ],
    [
      { status: 499, headers: { "Content-Type": "Text/HTML" } },
      "getToken received 499 (Text/HTML), request id the-id. Check the endpoint (127.0.0.1) and the proxy.",
    ],
    [
      { status: 404 },
      "getToken received 404, request id the-id. Check the endpoint (127.0.0.1) and the proxy.",
    ],
    [
      { status: 307, headers: { Location: "https://b.example/c2lnbmF0dXJlLW9mLXRoaXM=" } },
      "getToken received 307, a redirect to https://b.example/REDACTED, which isn't followed, request id the-id",
    ],
    [
      { status: 400, headers: { "Content-Type": "c2lnbmF0dXJlLW9mLXRoaXM=" } },
      "getToken received 400 (REDACTED), request id the-id",
    ],
    [
      { status: 401, headers: { "WWW-Authenticate": 'Bearer error_description="c2lnbmF0dXJlLW9mLXRoaXM="' } },
      "getToken received 401, request id the-id (REDACTED)",
    ],
    [
      { status: 307, headers: { Location: "https://b.example/c?d=e" } },
      "getToken received 307, a redirect to https://b.example/c, which isn't followed, request id the-id",
    ],
    [
      { status: 302, headers: { Location: "/c?d=e#f" } },
      "getToken received 302, a redirect to http://127.0.0.1/c, which isn't followed, request id the-id",
    ],
    ...[300, 399].map((status): [Received, string] => [
      { status, headers: { Location: "/c" } },
      `getToken received ${status}, a redirect to http://127.0.0.1/c, which isn't followed, request id the-id`,
    ]),
    [{ status: 400, headers: { Location: "/c" } }, "getToken received 400, request id the-id"],
    [
      { status: 201, headers: { Location: "/c" } },
      "getToken received 201, request id the-id, but only 200 is a success",
    ],
    [{ status: 308, headers: { Location: "http://[" } }, "getToken received 308, request id the-id"],
  ])("of %j names status, type and target", (received, message) => {
    expect(errorOf(received).message).toBe(message);
  });
});
