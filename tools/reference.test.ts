// Generates the reference as `npm run docs` does, into a temporary folder.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { readText, root } from "../test/helpers/documents.js";
import { temporaryFolder } from "../test/helpers/temporaryFolder.js";

const require = createRequire(import.meta.url);
const typedoc = join(dirname(require.resolve("typedoc/package.json")), "bin/typedoc");

interface Entry {
  readonly name: string;
  readonly comment: { readonly blockTags?: readonly { readonly tag: string }[] };
}

describe("the reference", () => {
  it("covers every entry of the package", () => {
    const { exports } = JSON.parse(readText("package.json")) as {
      exports: Record<string, { readonly import: { readonly types: string } }>;
    };
    const { entryPoints } = JSON.parse(readText("tools/typedoc.json")) as { entryPoints: string[] };
    const entries = Object.values(exports).flatMap((entry) => entry.import?.types ?? []);
    const sources = entries.map((path) => path.replace("./dist/esm", "../src").replace(".d.ts", ".ts"));
    expect(entryPoints).toEqual(sources);
  });

  it("documents every public symbol, has no broken links, and opens each entry with an example", async () => {
    const folder = temporaryFolder(afterAll);
    const model = join(folder, "model.json");
    const args = [
      typedoc,
      "--options",
      "tools/typedoc.json",
      "--out",
      join(folder, "pages"),
      "--json",
      model,
    ];
    // Rejects with the warnings, since TypeDoc's options treat them as errors. Some of them come only with the pages.
    await promisify(execFile)(process.execPath, args, { cwd: root });
    const { children } = require(model) as { children: readonly Entry[] };
    const withoutExample = children.filter(
      ({ comment }) => !comment.blockTags?.some(({ tag }) => tag === "@example"),
    );
    expect(withoutExample.map(({ name }) => name)).toEqual([]);
  });
});
