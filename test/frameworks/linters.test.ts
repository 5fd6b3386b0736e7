// What somebody copies into a server, under the rules of others. The linters of starters are in test/starters.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { installation, root } from "../helpers/packed.js";

const here = fileURLToPath(new URL(".", import.meta.url));

let eslint: string;
let folder: string;

beforeAll(async () => {
  const installed = await installation(join(here, "linters"));
  eslint = join(installed.folder, "node_modules/eslint/bin/eslint.js");
  folder = await mkdtemp(join(installed.folder, "linters-"));
  await cp(join(here, "projects/linters"), folder, { recursive: true });
  for (const name of ["tokenRoute", "tokenOptions"]) {
    for (const ending of ["ts", "mjs", "cjs"]) {
      await cp(join(root, `samples/${name}.${ending}`), join(folder, `${name}.${ending}`));
    }
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ["ESLint", ["mjs", "cjs"]],
  ["typescript-eslint", ["ts"]],
  ["Angular", ["ts"]],
  ["TanStack", ["ts"]],
  ["NestJS", ["ts"]],
])("tokenRoute and tokenOptions pass the rules of %s", async (LINTER, endings) => {
  const files = endings.flatMap((ending) => [`tokenRoute.${ending}`, `tokenOptions.${ending}`]);
  const output = await run(process.execPath, [eslint, "--max-warnings=0", ...files], {
    cwd: folder,
    env: { LINTER },
    mayFail: true,
  });
  expect(output).toBe("");
});
