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
      `{"x": {"code": "abc", "headers": {"session-key": "abc", "accessToken": "abc"}}}`,
      '{"x": {"code": "abc", "headers": {"session-key": "<cut>", "accessToken": "<cut>"}}}',
    ],
    [
      `{"x": "\\u00e4\\/ ${jwt} \\"", "accessToken": {"token": "abc", "y": 1}}`,
      '{"x": "\\u00e4\\/ <cut> \\"", "accessToken": {"token": "<cut>", "y": 1}}',
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
    [`x&token=${jwt}&=1`, "x&token=<cut>&=1"],
    [`x=1&resource=${encodeURIComponent(`a ${jwt}`)}`, "x=1&resource=a%20<cut>"],
    [`state=x%26client_id%3Devil%20y%20${jwt}`, "state=x%26client_id%3Devil%20y%20<cut>"],
    [`state=%3Fa%3Dä%26token%3d${secret}%26b%3D%25`, "state=%3Fa%3Dä%26token%3d<cut>%26b%3D%25"],
  ])("has no secret of the form %s", async (body, expected) => {
    expect((await loggedRequest(body, form)).bodyText).toBe(expected);
  });
});
