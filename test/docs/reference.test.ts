// The reference that `npm run docs` makes, without writing it.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root, textOf } from "./documents.js";

const require = createRequire(import.meta.url);
const typedoc = join(dirname(require.resolve("typedoc/package.json")), "bin/typedoc");

describe("the reference", () => {
  it("has every entry of the package", () => {
    const { exports } = JSON.parse(textOf("package.json")) as { exports: object };
    const { entryPoints } = JSON.parse(textOf("typedoc.json")) as { entryPoints: string[] };
    const entries = Object.keys(exports).filter((path) => path !== "./package.json");
    expect(entryPoints).toEqual(entries.map((path) => join("src", path, "index.ts")));
  });

  it("documents every public symbol, and each of its links leads somewhere", {
    timeout: 120_000,
  }, async () => {
    const args = [typedoc, "--emit", "none"];
    // Fails with what it complains of, as warnings are errors in its options.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
    expect(`${stdout}${stderr}`).toBe("");
  });
});
