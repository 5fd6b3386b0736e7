import { describe, expect, it } from "vitest";
import { loggedRequest } from "./loggedRequest.js";

const secret = "c2VjcmV0LWtleS1vZi1hLXJlc291cmNl";
const form = "application/x-www-form-urlencoded";

describe("a logged body's text", () => {
  it.each([
    ["blanks", ' {"createTokenWithScopes" :\t["chat",\r\n "voip"]}\n'],
    ["a byte order mark", '\ufeff{"createTokenWithScopes":["chat"]}'],
    ["escapes and numbers", '{"x":"\\u0061\\/","y":1.0e2,"z":-0}'],
    ["names that stand twice", '{"x":1,"x":{"y":[]}}'],
    ["blanks around a single value", ' "chat" '],
  ])("has %s as they were received", async (_, body) => {
    expect((await loggedRequest(body)).bodyText).toBe(body);
  });

  it("has a form as it was received", async () => {
    const body = "grant_type=x+y&resource=%6fne&empty&resource=&=2";
    expect((await loggedRequest(body, form)).bodyText).toBe(body);
  });

  it.each([
    ["is JSON without blanks", '{"createTokenWithScopes":["chat"]}', { createTokenWithScopes: ["chat"] }],
    ["isn't JSON", '{"createTokenWithScopes":', "<25 bytes, not JSON>"],
    ["is long", `"${"x".repeat(5000)}" `, "<5003 bytes>"],
    ["isn't UTF-8", Uint8Array.of(34, 255, 34), "<3 bytes, not JSON>"],
    ["is empty", "", undefined],
  ])("is left out if the body %s", async (_, body, members) => {
    const request = await loggedRequest(body);
    expect(request).not.toHaveProperty("bodyText");
    expect(request.body).toEqual(members);
  });
});

describe("a logged body", () => {
  it("of more than 4096 bytes has only its size", async () => {
    expect((await loggedRequest("x".repeat(4096))).body).toBe("<4096 bytes, not JSON>");
    expect((await loggedRequest("x".repeat(4097))).body).toBe("<4097 bytes>");
  });

  it.each([
    ["JSON", `{"client_secret":"${secret}"}`, "<52 bytes, not a form, although Content-Type says so>"],
    ["JSON without members", "{}", "<2 bytes, not a form, although Content-Type says so>"],
    ["a form with semicolons", `a=b;client_secret=${secret}`, { a: "b;client_secret=<cut>" }],
    ["a form in lines", `a=b\nclient_secret=${secret}`, { a: "b\nclient_secret=<cut>" }],
  ])("that is sent as a form, but is %s, has no secret", async (_, body, expected) => {
    expect((await loggedRequest(body, form)).body).toEqual(expected);
  });

  it("in a form has an array for a name that stands more than once", async () => {
    expect((await loggedRequest("a=1&b=2&a=3", form)).body).toEqual({ a: ["1", "3"], b: "2" });
  });
});
