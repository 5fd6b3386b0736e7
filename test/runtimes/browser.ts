// A page: the runner calls the one global that this leaves.
import * as library from "acs-identity";
import * as testing from "acs-identity/testing";
import { type CaseResult, runSuite } from "./suite.js";

declare global {
  var runSuiteOnPage: (connectionString: string) => Promise<CaseResult[]>;
}

globalThis.runSuiteOnPage = (connectionString) =>
  runSuite({ library, testing, platform: "web" }, connectionString);
