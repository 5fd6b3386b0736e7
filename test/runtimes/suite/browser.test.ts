// Browsers, under Vitest. Its page is on another origin than the service, as a user's page is.
import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { describe, expect, inject, it, vi } from "vitest";
import { runCase } from "./subject.js";
import { webCases } from "./suite.js";

const warn = vi.spyOn(console, "warn").mockImplementation(() => {});

describe("a page", () => {
  for (const each of webCases) {
    it(each.name, () => runCase(each, { library, testing }, inject("connectionString")));
  }

  it("is warned once of a key that its visitors can read", () => {
    const warnings = warn.mock.calls.map(String).filter((text) => text.includes("access key"));
    expect(warnings).toHaveLength(1);
  });
});
