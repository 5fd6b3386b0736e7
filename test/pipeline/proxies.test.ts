import { describe, expect, it } from "vitest";
import { decodeCredential } from "../../src/pipeline/proxyCredentials.js";
import { proxyRefusal } from "../../src/pipeline/proxyRefusal.js";

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

describe("proxyRefusal", () => {
  it.each([
    [403, "PROXY_REFUSED", "The proxy refused the connection with status 403."],
    [407, "PROXY_REFUSED", "The proxy refused the connection with status 407: it requires credentials."],
    [499, "PROXY_REFUSED", "The proxy refused the connection with status 499."],
    [500, "ECONNREFUSED", "The proxy refused the connection with status 500."],
    [503, "ECONNREFUSED", "The proxy refused the connection with status 503."],
  ])("of status %d has the code %s", (status, code, message) => {
    expect(proxyRefusal(status)).toMatchObject({ code, message });
  });
});
