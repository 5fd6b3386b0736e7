import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { installation, root } from "../helpers/packed.js";
import { requireTools } from "../helpers/tools.js";

let tarball: string;
let tools: NodeJS.Require;

beforeAll(async () => {
  tools = await requireTools(new URL("../helpers/tools/", import.meta.url));
  tarball = (await installation()).tarball;
});

interface Publint {
  publint(options: object): Promise<{ messages: { code: string }[] }>;
}

describe("publint --strict", () => {
  it("finds no problems", async () => {
    const { publint } = (await import(tools.resolve("publint"))) as Publint;
    const { buffer } = new Uint8Array(await readFile(tarball));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages).toEqual([]);
  });
});

describe("attw", () => {
  it("finds correct types for each entry from ESM, CommonJS, bundlers and the old resolution", async () => {
    const program = tools
      .resolve("@arethetypeswrong/cli/package.json")
      .replace("package.json", "dist/index.js");
    const args = [program, tarball, "--no-definitely-typed", "--format", "json"];
    const output = await run(process.execPath, args, { cwd: root, mayFail: true });
    const { analysis } = JSON.parse(output) as { analysis: { problems: unknown[] } };
    expect(analysis.problems).toEqual([]);
  });
});
