import { describe, expect, it } from "vitest";
import { decodeCredential } from "../../src/pipeline/proxyCredentials.js";

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
