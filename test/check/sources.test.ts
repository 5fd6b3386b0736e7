// What `npm run check` asks of the sources besides tests. Each row is a command whose output says what is wrong.
import { describe, it } from "vitest";
import { run } from "../helpers/command.js";
import { root } from "../helpers/packed.js";

const biome = "@biomejs/biome/bin/biome";
const tsc = "typescript-7/bin/tsc";
const tsx = "tsx/dist/cli.mjs";

describe("the sources", () => {
  it.each([
    ["have the format, and nothing that Biome warns of", biome, "check --error-on-warnings"],
    ["have no error of types", tsc, "-p ."],
    ["have no error of types on the web", tsc, "-p src/tsconfig.web.json"],
    ["have no error of types on the emulator's page", tsc, "-p src/emulator/page/tsconfig.json"],
    ["have the public API of the reports in tools/api", tsx, "tools/api/apiReports.ts"],
  ])("%s", async (_, program, args) => {
    await run(process.execPath, [`node_modules/${program}`, ...args.split(" ")], { cwd: root });
  });
});
