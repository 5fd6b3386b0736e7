import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./command.js";
import { type Installation, installation, pack, root, temporaryFolder } from "./packed.js";

const documents = [
  "CHANGELOG.md",
  "LICENSE",
  "MIGRATING.md",
  "README.md",
  "SECURITY.md",
  "TROUBLESHOOTING.md",
  "package.json",
].filter((name) => existsSync(join(root, name)));

/** What is bundled: an entry has a module and its declarations in each format. */
const built = [
  "dist/commonjs/emulator/index.cjs",
  "dist/commonjs/emulator/index.d.cts",
  "dist/commonjs/emulator/page/assets.cjs",
  "dist/commonjs/index.cjs",
  "dist/commonjs/index.d.cts",
  "dist/commonjs/index.web.cjs",
  "dist/commonjs/testing/index.cjs",
  "dist/commonjs/testing/index.d.cts",
  "dist/commonjs/undici/index.cjs",
  "dist/commonjs/undici/index.d.cts",
  "dist/esm/emulator/cli.js",
  "dist/esm/emulator/index.d.ts",
  "dist/esm/emulator/index.js",
  "dist/esm/index.d.ts",
  "dist/esm/index.js",
  "dist/esm/index.js.map",
  "dist/esm/index.web.js",
  "dist/esm/testing/index.d.ts",
  "dist/esm/testing/index.js",
  "dist/esm/undici/index.d.ts",
  "dist/esm/undici/index.js",
  "dist/sbom.cdx.json",
  "src/testing/README.md",
];
/** What several entries share. */
const chunk = /^dist\/(?:esm|commonjs)\/chunks\/[\w-]+-[A-Z0-9]{8}\.c?js$/;

let installed: Installation;
let packagePath: string;

beforeAll(async () => {
  installed = await installation();
  packagePath = join(installed.folder, "node_modules/acs-identity");
}, 300_000);

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe("the tarball", () => {
  it("holds the bundles of its entries, the documents, and nothing else", () => {
    const files = filesOf(packagePath).filter((path) => !chunk.test(path));
    expect(files).toEqual([...built, ...documents].sort());
  });

  it("runs nothing when it is installed", async () => {
    const manifest = JSON.parse(await readFile(join(packagePath, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare"];
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
  });

  it("carries the sources of the client in its source map, by relative paths", async () => {
    const map = JSON.parse(await readFile(join(packagePath, "dist/esm/index.js.map"), "utf8")) as {
      sources: string[];
      sourcesContent?: (string | null)[];
    };
    expect(map.sources).toContain("../../src/communicationIdentityClient.ts");
    expect(map.sourcesContent).toHaveLength(map.sources.length);
    for (const source of map.sources) expect(source).toMatch(/^(?:\.\.\/)+src\/[\w/]+\.ts$/);
  });

  it("names no folder of the machine that built it", async () => {
    for (const path of filesOf(packagePath)) {
      expect(await readFile(join(packagePath, path), "utf8"), path).not.toContain(root);
    }
  });
});

describe("packing", () => {
  let folder: string | undefined;
  afterAll(() => (folder ? rm(folder, { recursive: true, force: true }) : undefined));

  it("gives the same bytes from another build in another folder", { timeout: 240_000 }, async () => {
    folder = await temporaryFolder("rebuild");
    const copy = join(folder, "elsewhere");
    await mkdir(copy);
    for (const name of [
      ...documents,
      "src",
      "build",
      "tsconfig.json",
      "api-extractor.json",
      "package-lock.json",
    ]) {
      await cp(join(root, name), join(copy, name), { recursive: true });
    }
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    await run("npm", ["run", "build"], { cwd: copy, timeoutInMs: 200_000 });
    const second = await readFile(await pack(copy, folder));
    expect(second.equals(await readFile(installed.tarball))).toBe(true);
  });
});
