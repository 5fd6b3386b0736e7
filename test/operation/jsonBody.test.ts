import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { contentTypeOf, parseJsonBody } from "../../src/operation/jsonBody.js";

function response(type: string | undefined, bodyAsText = '{"a":1}') {
  return {
    request: createPipelineRequest({ url: "https://a.example" }),
    status: 200,
    headers: createHttpHeaders(type === undefined ? {} : { "Content-Type": type }),
    bodyAsText,
  };
}

describe("a body", () => {
  it.each([
    undefined,
    "application/json",
    "text/json",
    "Application/JSON; charset=utf-8",
    "application/json  ;charset=utf-8",
    "application/problem+json",
    "application/vnd.a-b.c_1+json",
  ])("with the type %s is parsed", (type) => expect(parseJsonBody(response(type))).toEqual({ a: 1 }));

  it.each([
    "text/html",
    "image/json",
    "x-application/json",
    "application/json5",
    "application/json+xml",
    "application/+json",
    "application/problem json",
    "application/json, text/html",
  ])("with the type %s isn't parsed", (type) => expect(parseJsonBody(response(type))).toBeUndefined());

  it("may have a byte order mark and white space around it", () => {
    expect(parseJsonBody(response("application/json", '\uFEFF {"a":1}\n'))).toEqual({ a: 1 });
  });

  it.each(["", "{", "{}}"])("that is %j has no value", (text) => {
    expect(parseJsonBody(response("application/json", text))).toBeUndefined();
  });
});

describe("a content type", () => {
  it.each([
    [undefined, ""],
    ["text/html", "text/html"],
    ["text/html ; charset=utf-8; a=b", "text/html"],
  ])("%j is named %j", (type, expected) => expect(contentTypeOf(response(type))).toBe(expected));
});
