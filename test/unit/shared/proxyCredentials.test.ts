import { describe, expect, it } from "vitest";
import { basicCredentials, decodeCredential } from "../../../src/shared/proxyCredentials.js";

describe("decodeCredential", () => {
  it.each([
    ["p%40ss", "p@ss"],
    ["gr%c3%BC%C3%9fe", "grüße"],
    ["100%sure", "100%sure"],
    ["p%40ss%", "p@ss%"],
    ["%4", "%4"],
    ["%zz%40", "%zz@"],
    ["%ff%40", "%ff%40"],
    ["", ""],
  ])("reads %s as %s", (text, decoded) => {
    expect(decodeCredential(text)).toBe(decoded);
  });
});

describe("basicCredentials", () => {
  // The encoded values are from `printf 'me:grüße' | base64` and its like.
  it.each([
    ["http://me:gr%C3%BC%C3%9Fe@proxy.example", "bWU6Z3LDvMOfZQ=="],
    ["http://me@proxy.example", "bWU6"],
    ["http://:100%25@proxy.example", "OjEwMCU="],
    ["http://proxy.example", ""],
  ])("of %s are %j", (url, encoded) => {
    expect(basicCredentials(new URL(url))).toBe(encoded);
  });
});
