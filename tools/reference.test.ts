// Checks the reference that `npm run docs` generates, without writing it.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readText, root } from "../test/helpers/documents.js";

const require = createRequire(import.meta.url);
const typedoc = join(dirname(require.resolve("typedoc/package.json")), "bin/typedoc");

describe("the reference", () => {
  it("covers every entry of the package", () => {
    const { exports } = JSON.parse(readText("package.json")) as { exports: object };
    const { entryPoints } = JSON.parse(readText("tools/typedoc.json")) as { entryPoints: string[] };
    const entries = Object.keys(exports).filter((path) => path !== "./package.json");
    expect(entryPoints).toEqual(entries.map((path) => join("../src", path, "index.ts")));
  });

  it("documents every public symbol and has no broken links", async () => {
    const args = [typedoc, "--options", "tools/typedoc.json", "--emit", "none"];
    // Rejects with the warnings, since TypeDoc's options treat them as errors.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
    expect(`${stdout}${stderr}`).toBe("");
  });
});
