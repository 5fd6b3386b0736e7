import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./command.js";
import { type Installation, installation, pack, root, temporaryFolder } from "./packed.js";

/** Beside what is compiled from src. */
const documents = ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "package.json"].filter((name) =>
  existsSync(join(root, name)),
);
/** The page is compiled into one module, so its sources stay at home. */
const page = ["page.js", "page.js.map", "page.d.ts", "assets.js", "assets.d.ts"];

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

function commonjsName(path: string): string {
  return path.replace(/\.js(\.map)?$/, ".cjs$1").replace(/\.d\.ts$/, ".d.cts");
}

describe("the tarball", () => {
  it("holds each source file compiled twice, the documents, and nothing else", () => {
    const modules = filesOf(join(root, "src"))
      .filter((path) => path.endsWith(".ts") && !path.startsWith("emulator/page/"))
      .map((path) => path.replace(/\.ts$/, ""));
    const compiled = [
      ...modules.flatMap((path) => [".js", ".js.map", ".d.ts"].map((suffix) => path + suffix)),
      ...page.map((name) => `emulator/page/${name}`),
    ];
    const both = compiled.flatMap((path) => [`dist/esm/${path}`, `dist/commonjs/${commonjsName(path)}`]);
    expect(filesOf(packagePath)).toEqual([...both, ...documents].sort());
  });

  it("runs nothing when it is installed", async () => {
    const manifest = JSON.parse(await readFile(join(packagePath, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare"];
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
  });

  it("carries its sources in its source maps, by relative paths", async () => {
    const maps = filesOf(packagePath).filter((path) => path.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(100);
    for (const path of maps) {
      const map = JSON.parse(await readFile(join(packagePath, path), "utf8")) as {
        sources: string[];
        sourcesContent?: (string | null)[];
      };
      expect(map.sourcesContent, path).toHaveLength(map.sources.length);
      for (const source of map.sources) expect(source, path).toMatch(/^(?:\.\.\/)+src\/[\w/]+\.ts$/);
    }
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
    for (const name of [...documents, "src", "build", "tsconfig.json"]) {
      await cp(join(root, name), join(copy, name), { recursive: true });
    }
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    await run("npm", ["run", "build"], { cwd: copy, timeoutInMs: 200_000 });
    const second = await readFile(await pack(copy, folder));
    expect(second.equals(await readFile(installed.tarball))).toBe(true);
  });
});
