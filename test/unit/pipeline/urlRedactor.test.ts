import { describe, expect, it } from "vitest";
import { idSegments } from "../../../src/generated/idSegments.js";
import { urlRedactor } from "../../../src/pipeline/urlRedactor.js";

describe("a URL in a log or a trace", () => {
  const whole = "https://a.example/access/teamsExtension/tenants/t1/assignments/o1?api-version=1&x=2&X=3";

  it.each([
    [{}, "/access/teamsExtension/tenants/REDACTED/assignments/REDACTED?api-version=1&x=REDACTED&X=REDACTED"],
    [
      { logUserIds: true },
      "/access/teamsExtension/tenants/t1/assignments/o1?api-version=1&x=REDACTED&X=REDACTED",
    ],
    [
      { additionalAllowedQueryParameters: ["X"] },
      "/access/teamsExtension/tenants/REDACTED/assignments/REDACTED?api-version=1&x=2&X=3",
    ],
  ])("is redacted with %o", (options, expected) => {
    expect(urlRedactor(idSegments, options)(whole)).toBe(`https://a.example${expected}`);
  });

  it("keeps an action, with or without an id before it", () => {
    const redactUrl = urlRedactor(idSegments, {});
    expect(redactUrl("https://a.example/identities/8%3Aacs/:issueAccessToken")).toBe(
      "https://a.example/identities/REDACTED/:issueAccessToken",
    );
    expect(redactUrl("https://a.example/identities/:search")).toBe("https://a.example/identities/:search");
    expect(redactUrl("https://a.example/identities?stryker was here=1")).toContain("=REDACTED");
  });
});
