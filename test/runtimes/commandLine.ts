// Node, Bun and Deno: the connection string is the argument, the result goes to standard output.
import * as library from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import * as testing from "acs-identity/testing";
import { emulatorCases } from "./cases/emulator.js";
import { cases, runSuite } from "./suite.js";

const [, , connectionString = ""] = process.argv;
runSuite({ library, testing, platform: "node" }, connectionString, [
  ...cases,
  ...emulatorCases(startEmulator),
]).then((results) => {
  process.stdout.write(`${JSON.stringify(results)}\n`);
});
