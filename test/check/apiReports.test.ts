import { it } from "vitest";
import { run } from "../helpers/command.js";
import { root } from "../helpers/packed.js";

it("the public API is that of the reports in tools/api", async () => {
  await run(process.execPath, ["node_modules/tsx/dist/cli.mjs", "tools/api/apiReports.ts"], { cwd: root });
});
