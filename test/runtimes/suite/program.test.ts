// Bun and Deno, under the test runner of each, which both take the tests of node:test.
import { test } from "node:test";
import * as library from "acs-identity";
import * as emulator from "acs-identity/emulator";
import * as testing from "acs-identity/testing";
import { runCase } from "./subject.js";
import { nodeCases } from "./suite.js";

const { CONNECTION_STRING = "" } = process.env;

for (const each of nodeCases) {
  test(each.name, () => runCase(each, { library, testing, emulator }, CONNECTION_STRING));
}
