import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { describe, expect, inject, it, vi } from "vitest";
import { runCase, webCases } from "./suite.js";

const entries = { library, testing };
const warn = vi.spyOn(console, "warn").mockImplementation(() => {});

// As a user's page, it is on another origin than the service.
describe("a page", () => {
  for (const each of webCases) it(each.name, () => runCase(each, entries, inject("connectionString")));

  it("is warned once of a key that its visitors can read", () => {
    expect(warn.mock.calls.filter(([text]) => String(text).includes("access key"))).toHaveLength(1);
  });
});
