import { createRequire } from "node:module";
import * as library from "acs-identity";
import * as emulator from "acs-identity/emulator";
import * as testing from "acs-identity/testing";
import { describe, inject, it } from "vitest";
import { nodeCases, runCase } from "./suite.js";

const require = createRequire(import.meta.url);
const [commonjsLibrary, commonjsTesting, commonjsEmulator] = ["", "/testing", "/emulator"].map((entry) =>
  require(`acs-identity${entry}`),
);

describe.each([
  ["ESM", { library, testing, emulator }],
  ["CommonJS", { library: commonjsLibrary, testing: commonjsTesting, emulator: commonjsEmulator }],
])("the %s build", (_, entries) => {
  for (const each of nodeCases) it(each.name, () => runCase(each, entries, inject("connectionString")));
});
