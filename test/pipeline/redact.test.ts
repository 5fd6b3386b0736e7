import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { redactResponse } from "../../src/pipeline/redact.js";

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
  redactResponse(request, response);
  return response;
}

const bodyOf = (answer: Answer): unknown => redact(answer).bodyAsText;
const headerOf = (value: string, answer: Answer = {}, name = "x-said"): string | undefined =>
  redact({ ...answer, headers: { [name]: value } }).headers.get(name);

describe("of the body of a failure", () => {
  it.each([
    ["the signature", `said ${signature}, twice ${signature}.`, "said REDACTED, twice REDACTED"],
    ["a signature that was cut", `said ${signature.slice(0, 20)}`, "said REDACTED"],
    ["a percent-encoded signature", `?a=${encodeURIComponent(signature)}&b`, "?a=REDACTED&b"],
    ["a signature as ASP.NET spells it", `"${signature.replaceAll("+", "\\u002B")}"`, '"REDACTED"'],
    ["one with lower-case escapes", `"${signature.replaceAll("=", "\\u003d")}"`, '"REDACTED"'],
    ["a signature as PHP spells it", `"${signature.replaceAll("/", "\\/")}"`, '"REDACTED"'],
    ["a token of anyone", `<${jwt}>`, "<REDACTED>"],
    ["a token that was cut", '"eyJ0123456789', '"REDACTED'],
    ["no short word that begins like one", "eyJ012345678 ", "eyJ012345678 "],
    ["nothing else", "Denied by the resource provider.", "Denied by the resource provider."],
  ])("is cut %s", (_, said, left) => {
    expect(bodyOf({ body: said })).toBe(left);
  });

  it("is cut the bearer token, with any scheme", () => {
    expect(bodyOf({ body: `a ${bearerToken} b`, authorization: `Bearer ${bearerToken}` })).toBe(
      "a REDACTED b",
    );
    expect(bodyOf({ body: `a ${bearerToken} b`, authorization: `pop ${bearerToken}` })).toBe("a REDACTED b");
  });

  it("is cut the token of an exchange", () => {
    const sent = JSON.stringify({ token: exchanged, appId: "application-of-mine" });
    expect(bodyOf({ body: `a ${exchanged} b application-of-mine`, sent })).toBe(
      "a REDACTED b application-of-mine",
    );
    expect(bodyOf({ body: `a ${exchanged} b`, sent: new TextEncoder().encode(sent) })).toBe(
      `a ${exchanged} b`,
    );
    expect(bodyOf({ body: "a b", sent: JSON.stringify({ token: "" }) })).toBe("a b");
  });

  it("is cut nothing for a secret that is too short to be one, and nothing when there is none", () => {
    expect(bodyOf({ body: "a short-secret b", authorization: "Bearer short-secret" })).toBe(
      "a short-secret b",
    );
    expect(bodyOf({ body: "a thirteen-char b", authorization: "Bearer thirteen-char" })).toBe("a REDACTED b");
    expect(bodyOf({ body: "a b", authorization: undefined })).toBe("a b");
    expect(bodyOf({ body: "" })).toBe("");
    expect(redact({})).not.toHaveProperty("bodyAsText");
  });

  it.each([
    [199, true],
    [200, false],
    [201, false],
    [299, false],
    [300, true],
    [503, true],
  ])("with %i, it is cut: %s", (status, isCut) => {
    expect(bodyOf({ status, body: `${signature} ${jwt}` })).toBe(
      isCut ? "REDACTED REDACTED" : `${signature} ${jwt}`,
    );
  });
});

describe("of a header", () => {
  it.each([200, 400])("is cut the signature, of an answer with %i", (status) => {
    expect(headerOf(`a ${signature} b`, { status })).toBe("a REDACTED b");
    expect(headerOf(`a ${jwt} b`, { status })).toBe("a REDACTED b");
    expect(headerOf("harmless", { status })).toBe("harmless");
  });

  it("is cut the token of an exchange, of a failure", () => {
    const sent = JSON.stringify({ token: exchanged });
    expect(headerOf(`a ${exchanged} b`, { sent })).toBe("a REDACTED b");
  });

  it("is cut nothing that looks like a token when it is a challenge, whose claims do", () => {
    expect(headerOf(`Bearer claims="${jwt}"`, {}, "WWW-Authenticate")).toBe(`Bearer claims="${jwt}"`);
    expect(headerOf(`Bearer x="${signature}"`, {}, "WWW-Authenticate")).toBe('Bearer x="REDACTED"');
    expect(headerOf(jwt, {}, "x-www-authenticate")).toBe("REDACTED");
    expect(headerOf(jwt, {}, "www-authenticate-x")).toBe("REDACTED");
  });

  it("is cut nothing when there is no secret", () => {
    expect(headerOf("undefined eyJ short", { authorization: undefined }, "WWW-Authenticate")).toBe(
      "undefined eyJ short",
    );
  });
});
