import { describe, expect, it } from "vitest";
import { proxyRefusal } from "../../../src/shared/proxyRefusal.js";

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
