// Node, under Vitest.
import { createRequire } from "node:module";
import * as library from "acs-identity";
import * as emulator from "acs-identity/emulator";
import * as testing from "acs-identity/testing";
import { describe, inject, it } from "vitest";
import { type Entries, runCase } from "./subject.js";
import { nodeCases } from "./suite.js";

const require = createRequire(import.meta.url);
const builds: Record<string, Entries> = {
  ESM: { library, testing, emulator },
  CommonJS: {
    library: require("acs-identity"),
    testing: require("acs-identity/testing"),
    emulator: require("acs-identity/emulator"),
  },
};

describe.each(Object.entries(builds))("the %s build", (_, entries) => {
  for (const each of nodeCases) it(each.name, () => runCase(each, entries, inject("connectionString")));
});
