import { createPipelineRequest, isRestError, RestError } from "@azure/core-rest-pipeline";
import { errors } from "undici";
import { describe, expect, it } from "vitest";
import { toRestError } from "../../../src/undici/errors.js";
import { requestTo } from "./requestTo.js";

const request = requestTo("http://a.example");

describe("an error of undici", () => {
  it.each([
    ["a lost socket", new errors.SocketError("other side closed"), "ECONNRESET"],
    ["a 1xx response", new errors.InformationalError("bad response"), "ECONNRESET"],
    ["a wrong content length", new errors.ResponseContentLengthMismatchError("too few"), "ECONNRESET"],
    ["HTTP/2", Object.assign(new Error("goaway"), { code: "ERR_HTTP2_STREAM_ERROR" }), "ECONNRESET"],
    ["a slow connection", new errors.ConnectTimeoutError("slow"), "ETIMEDOUT"],
    ["a slow proxy", new errors.HeadersTimeoutError("slow"), "ETIMEDOUT"],
    ["a refused connection", Object.assign(new Error("no"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    ["another one of undici", new errors.NotSupportedError("no"), "UND_ERR_NOT_SUPPORTED"],
    ["one without a code", new Error("no"), RestError.REQUEST_SEND_ERROR],
  ])("has the code of node:http: %s", (_, error, code) => {
    const converted = toRestError(error, request) as RestError;
    expect(converted).toSatisfy(isRestError);
    expect(converted).toMatchObject({ message: error.message, code, request });
    expect([converted.statusCode, converted.response, converted.cause]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("that wraps another one on the way to a proxy is that one", () => {
    const cause = Object.assign(new Error("no host"), { code: "ENOTFOUND" });
    const wrapped = Object.assign(new Error("proxy", { cause }), { code: "UND_ERR_PRX_TLS" });
    expect(toRestError(wrapped, request)).toMatchObject({ message: "no host", code: "ENOTFOUND" });
    const other = Object.assign(new Error("else", { cause }), { code: "UND_ERR_ABORTED" });
    expect(toRestError(other, request)).toMatchObject({ message: "else", code: "UND_ERR_ABORTED" });
  });

  it.each([
    [407, "PROXY_REFUSED", "The proxy refused the connection with status 407: it requires credentials."],
    [502, "ECONNREFUSED", "The proxy refused the connection with status 502."],
  ])("says that a proxy refused with %i", (status, code, message) => {
    const error = new errors.RequestAbortedError(`Proxy response (${status}) !== 200 when HTTP Tunneling`);
    expect(toRestError(error, request)).toMatchObject({ code, message, request });
    const quoted = new Error(`something else: Proxy response (${status})`);
    expect(toRestError(quoted, request)).toMatchObject({ message: quoted.message });
  });

  it("of a body has its status, and says that the body could not be read", () => {
    const error = new errors.SocketError("other side closed");
    expect(toRestError(error, request, 200)).toMatchObject({
      message: "The body of the response with status 200 could not be read: other side closed.",
      code: "ECONNRESET",
      statusCode: 200,
    });
    const parser = Object.assign(new errors.HTTPParserError("Invalid chunk"), { code: "HPE_INVALID" });
    expect(toRestError(parser, request, 200)).toMatchObject({ code: "ECONNRESET" });
    expect(toRestError(parser, request, 200).cause).toBeUndefined();
    expect(toRestError(parser, request)).toMatchObject({ code: "HPE_INVALID" });
  });

  it.each([
    ["a RestError", new RestError("mine")],
    ["an AbortError", new DOMException("x", "AbortError")],
  ])("is returned as it is: %s", (_, error) => expect(toRestError(error, request)).toBe(error));
});

it("for a header that can't be sent is a TypeError, as over node:http", () => {
  const error = toRestError(
    new errors.InvalidArgumentError("invalid x-a header"),
    createPipelineRequest({ url: "https://a.example" }),
  );
  expect(error).toBeInstanceOf(TypeError);
});
