import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loggedRequest } from "./loggedRequest.js";

const secret = "c2VjcmV0LWtleS1vZi1hLXJlc291cmNl";
const jwt = "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOjF9.c2lnbmF0dXJl";
const form = "application/x-www-form-urlencoded";

describe("a logged body's text", () => {
  it.each([
    [`{"token": "${secret}", "x": 1}`, '{"token": "<cut>", "x": 1}'],
    [`{"token": ["${secret}", {"x": "${secret}"}] , "x": 1}`, '{"token": "<cut>" , "x": 1}'],
    [`{"token": 1234567, "token": "${secret}"}`, '{"token": "<cut>", "token": "<cut>"}'],
    [`{"to\\u006ben": "${secret}", "x":[ 1 ]}`, '{"to\\u006ben": "<cut>", "x":[ 1 ]}'],
    [`{"x": "\\u0065${jwt.slice(1)}"}`, '{"x": "<cut>"}'],
    [
      `{"x": {"code": "abc", "headers": {"session-key": "abc"}}}`,
      '{"x": {"code": "abc", "headers": {"session-key": "<cut>"}}}',
    ],
    [
      `{"code": "abc", "accessToken": {"token": "abc", "y": 1}}`,
      '{"code": "<cut>", "accessToken": {"token": "<cut>", "y": 1}}',
    ],
    [
      `[ "${jwt}", ["endpoint=https://x/;accesskey=${secret}"] ]`,
      '[ "<cut>", ["endpoint=https://x/;accesskey=<cut>"] ]',
    ],
    [`{ "${jwt}" : 1 }`, '{ "<cut>" : 1 }'],
  ])("has no secret of %s", async (body, expected) => {
    expect((await loggedRequest(body)).bodyText).toBe(expected);
  });

  it.each([
    [`client_secret=${secret};more&x=1`, "client_secret=<cut>&x=1"],
    [`client%5Fsecret=a+b&x=+1`, "client%5Fsecret=<cut>&x=+1"],
    [`${jwt}=1&x&token&=1`, "<cut>=1&x&token=<cut>&=1"],
    [`x=1&resource=${encodeURIComponent(`a ${jwt}`)}`, "x=1&resource=a <cut>"],
  ])("has no secret of the form %s", async (body, expected) => {
    expect((await loggedRequest(body, form)).bodyText).toBe(expected);
  });

  it("says the same as the body's members, whatever was received", async () => {
    const name = fc.constantFrom(
      "token",
      "x",
      "scopes",
      "accessToken",
      "headers",
      "body",
      "code",
      "__proto__",
      "Cookie",
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.constantFrom(secret, jwt, 'a"b\\', "\u2028"),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.oneof(name, fc.string()), tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(" ", "\t", "  "), async (given, indent) => {
        const { body, bodyText } = await loggedRequest(`${JSON.stringify(given, undefined, indent)}\n`);
        if (bodyText === undefined) expect(body).toMatch(/^<\d+ bytes/);
        else expect(JSON.parse(bodyText)).toEqual(body);
      }),
      { numRuns: 200 },
    );
  });
});
