import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { removeCredentials } from "../../../src/pipeline/redact.js";

const signature = "5SGN/Bk+Qm1fJ0yV4p2uW7xTzLrCaEhDoIiKkMnPqRs=";
const hmac = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
const bearerToken = "opaque+token/of-entra~0123456789";
const exchanged = "teams.token_of-a-user";
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly authorization?: string | undefined;
  readonly sent?: string | Uint8Array;
}

function redact({ status = 400, headers = {}, body, sent, ...given }: Answer): PipelineResponse {
  const authorization = "authorization" in given ? given.authorization : hmac;
  const request = createPipelineRequest({
    url: "https://a.example",
    headers: createHttpHeaders(authorization === undefined ? {} : { Authorization: authorization }),
    ...(sent !== undefined && { body: sent }),
  });
  const response: PipelineResponse = {
    request,
    status,
    headers: createHttpHeaders(headers),
    ...(body !== undefined && { bodyAsText: body }),
  };
  // The request of the call isn't signed, only those of its attempts.
  removeCredentials([createPipelineRequest({ url: "https://a.example" }), request], response);
  return response;
}

const bodyOf = (answer: Answer): unknown => redact(answer).bodyAsText;
const headerOf = (value: string, answer: Answer = {}, name = "x-said"): string | undefined =>
  redact({ ...answer, headers: { [name]: value } }).headers.get(name);

describe("the body of a failed response", () => {
  it.each([
    ["the signature", `said ${signature}, twice ${signature}.`, "said REDACTED, twice REDACTED"],
    ["a truncated signature", `said ${signature.slice(0, 20)}`, "said REDACTED"],
    ["a percent-encoded signature", `?a=${encodeURIComponent(signature)}&b`, "?a=REDACTED&b"],
    [
      "a signature that .NET has percent-encoded",
      `?a=${signature.replace(/\W/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}&b`,
      "?a=REDACTED&b",
    ],
    ["a signature with ASP.NET's escapes", `"${signature.replaceAll("+", "\\u002B")}"`, '"REDACTED"'],
    ["with JSON in JSON", String.raw`"eyJ0123456789\\\/\\u002B\\\\\u002b"`, '"REDACTED"'],
    [
      "percent-encoded three times",
      `?a=${encodeURIComponent(encodeURIComponent(encodeURIComponent(signature)))}&b`,
      "?a=REDACTED&b",
    ],
    [
      "but not the escapes around it",
      String.raw`{\u0022\u002B1\u0022:"C:\/x \"${signature.replaceAll("/", "\\/")}\u0026\u002B"}`,
      String.raw`{\u0022\u002B1\u0022:"C:\/x \"REDACTED\u0026\u002B"}`,
    ],
    ["a signature with lower-case escapes", `"${signature.replaceAll("=", "\\u003d")}"`, '"REDACTED"'],
    ["a signature with PHP's escapes", `"${signature.replaceAll("/", "\\/")}"`, '"REDACTED"'],
    ["any JWT", `<${jwt}>`, "<REDACTED>"],
    ["a truncated token", '"eyJ0123456789', '"REDACTED'],
    ["but not a short word that begins like a token", "eyJ012345678 ", "eyJ012345678 "],
    ["but not other text", "Denied by the resource provider.", "Denied by the resource provider."],
  ])("has secrets redacted: %s", (_, said, left) => {
    expect(bodyOf({ body: said })).toBe(left);
  });

  it("has the bearer token redacted, whatever its scheme", () => {
    expect(bodyOf({ body: `a ${bearerToken} b`, authorization: `Bearer ${bearerToken}` })).toBe(
      "a REDACTED b",
    );
    expect(bodyOf({ body: `a ${bearerToken} b`, authorization: `pop ${bearerToken}` })).toBe("a REDACTED b");
  });

  it("has the token of an exchange redacted", () => {
    const sent = JSON.stringify({ token: exchanged, appId: "application-of-mine" });
    expect(bodyOf({ body: `a ${exchanged} b application-of-mine`, sent })).toBe(
      "a REDACTED b application-of-mine",
    );
    expect(bodyOf({ body: `a ${exchanged} b`, sent: new TextEncoder().encode(sent) })).toBe(
      `a ${exchanged} b`,
    );
    expect(bodyOf({ body: "a b", sent: JSON.stringify({ token: "" }) })).toBe("a b");
  });

  it("stays unchanged when a secret is too short to be one, or when there is none", () => {
    expect(bodyOf({ body: "a short-secret b", authorization: "Bearer short-secret" })).toBe(
      "a short-secret b",
    );
    expect(bodyOf({ body: "a thirteen-char b", authorization: "Bearer thirteen-char" })).toBe("a REDACTED b");
    expect(bodyOf({ body: "a b", authorization: undefined })).toBe("a b");
    expect(bodyOf({ body: "" })).toBe("");
    expect(redact({})).not.toHaveProperty("bodyAsText");
  });
});

describe("a megabyte of text", () => {
  // It begins with characters that may be escaped, so that each backslash and each % could be its beginning.
  const authorization = "Bearer +/=%+/=%+/=%+";

  it.each([
    "\\",
    "\\/",
    "\\\\/",
    "\\u002b",
    "\\u002",
    "%",
    "%25",
    "%252",
    "+",
    "+/=%+/=%+/=\\",
    "%2b%2f%3d%25",
    "eyJ",
    "eyJ012345678",
    "eyJ0123456789\\",
    "eyJ0123456789 ",
  ])("is read once, even if it's all %s", (word) => {
    const text = word.repeat(2 ** 20 / word.length);
    for (const body of [text, `eyJ0123456789${text}`]) {
      expect(bodyOf({ body, authorization })).toEqual(expect.any(String));
    }
  });
});

describe("a response header", () => {
  it("has secrets redacted", () => {
    expect(headerOf(`a ${signature} b`)).toBe("a REDACTED b");
    expect(headerOf(`a ${jwt} b`)).toBe("a REDACTED b");
    expect(headerOf("harmless")).toBe("harmless");
  });

  it("has the token of an exchange redacted", () => {
    const sent = JSON.stringify({ token: exchanged });
    expect(headerOf(`a ${exchanged} b`, { sent })).toBe("a REDACTED b");
  });

  it("keeps what looks like a token in a challenge, since its claims look like one", () => {
    expect(headerOf(`Bearer claims="${jwt}"`, {}, "WWW-Authenticate")).toBe(`Bearer claims="${jwt}"`);
    expect(headerOf(`Bearer x="${signature}"`, {}, "WWW-Authenticate")).toBe('Bearer x="REDACTED"');
    expect(headerOf(jwt, {}, "x-www-authenticate")).toBe("REDACTED");
    expect(headerOf(jwt, {}, "www-authenticate-x")).toBe("REDACTED");
  });

  it("stays unchanged when there is no secret", () => {
    expect(headerOf("undefined eyJ short", { authorization: undefined }, "WWW-Authenticate")).toBe(
      "undefined eyJ short",
    );
  });
});

it("the body of a failed response has the short credentials of a proxy redacted", () => {
  const headers = createHttpHeaders({ "Proxy-Authorization": "Basic dTpw" });
  const request = createPipelineRequest({ url: "https://a.example", headers });
  const response: PipelineResponse = {
    request,
    status: 407,
    headers: createHttpHeaders(),
    bodyAsText: "a dTpw b",
  };
  removeCredentials([request], response);
  expect(response.bodyAsText).toBe("a REDACTED b");
});

it("a request has no credentials left, and its other headers", () => {
  const headers = createHttpHeaders({ Authorization: "a", "Proxy-Authorization": "b", Accept: "c" });
  const failed = createPipelineRequest({ url: "https://a.example", headers, body: "{}" });
  Object.assign(failed, { agent: {}, tlsSettings: { key: "d" } });
  removeCredentials([failed]);
  expect(failed.headers.toJSON()).toEqual({ accept: "c" });
  expect([failed.body, failed.agent, failed.tlsSettings]).toEqual([undefined, undefined, undefined]);
});
