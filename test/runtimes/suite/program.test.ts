// Runs in the test runners of Bun and Deno, which both support node:test.
import { test } from "node:test";
import * as library from "acs-identity";
import * as emulator from "acs-identity/emulator";
import * as testing from "acs-identity/testing";
import { nodeCases, runCase } from "./suite.js";

const entries = { library, testing, emulator };
const { CONNECTION_STRING = "" } = process.env;
for (const each of nodeCases) test(each.name, () => runCase(each, entries, CONNECTION_STRING));
