import { setLogLevel } from "@azure/logger";
import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { describe, expect, inject, it, vi } from "vitest";
import { runCase, webCases } from "./suite.js";

const entries = { library, testing };
setLogLevel("warning");
const warn = vi.spyOn(console, "warn").mockImplementation(() => {});

// Like a user's page, it's on a different origin than the service.
describe("a page", () => {
  for (const each of webCases) it(each.name, () => runCase(each, entries, inject("connectionString")));

  it("is warned in the log that its visitors can read the access key", () => {
    expect(warn.mock.calls.filter(([text]) => String(text).includes("access key"))).not.toEqual([]);
  });
});
