import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
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
  "docs/emulatorPage.png",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "package.json",
].filter((name) => existsSync(join(root, name)));

const entries = ["index", "testing/index", "emulator/index", "refresher/index", "undici/index"];
const commands = ["cli/acsIdentity", "cli/acsIdentityEmulator"];
/** Each entry has a module and declarations in each format. ES modules with code of their own have a source map. */
const built = [
  ...[...entries, "index.web", ...commands].map((name) => `dist/esm/${name}.js`),
  ...["index", "index.web", "testing/index", ...commands, "refresher/index", "undici/index"].map(
    (name) => `dist/esm/${name}.js.map`,
  ),
  ...[...entries, "index.web"].map((name) => `dist/commonjs/${name}.cjs`),
  ...entries.flatMap((name) => [`dist/esm/${name}.d.ts`, `dist/commonjs/${name}.d.cts`]),
];
/** Chunks that several entries share. */
const chunk = /^dist\/(?:esm\/chunks\/\w+\.(?:js|js\.map|d\.ts)|commonjs\/chunks\/\w+\.(?:cjs|d\.cts))$/;
/** The emulator's page, which is minified like any web page. */
const page = /\/chunks\/page\.c?js(?:\.map)?$/;

let installed: Installation;
let packagePath: string;

beforeAll(async () => {
  installed = await installation();
  packagePath = join(installed.folder, "node_modules/acs-identity");
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function partition(lines: readonly string[], belongs: (line: string) => boolean): [string[], string[]] {
  return [lines.filter(belongs), lines.filter((line) => !belongs(line))];
}

describe("the tarball", () => {
  it("contains only the bundles of its entries and the documents", () => {
    const files = filesOf(packagePath).filter((path) => !chunk.test(path));
    expect(files).toEqual([...built, ...documents].sort());
  });

  it("contains everything its documents link to, since npm shows them without the repository", async () => {
    const dead: string[] = [];
    for (const document of documents.filter((name) => name.endsWith(".md"))) {
      const text = await readFile(join(packagePath, document), "utf8");
      for (const [link, path = ""] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#]+)/g)) {
        if (!existsSync(join(packagePath, dirname(document), path))) dead.push(`${document}: ${link}`);
      }
    }
    expect(dead).toEqual([]);
  });

  it("runs no scripts when it is installed", async () => {
    const manifest = JSON.parse(await readFile(join(packagePath, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare"];
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
  });

  it("has source maps with relative paths, and only the web build's embeds its sources", async () => {
    const maps = filesOf(packagePath).filter((path) => path.endsWith(".js.map") && !page.test(path));
    const sources = new Set<string>();
    for (const path of maps) {
      const map = JSON.parse(await readFile(join(packagePath, path), "utf8")) as {
        sources: string[];
        sourcesContent?: (string | null)[];
      };
      for (const source of map.sources) sources.add(join(dirname(path), source));
      const carried = (map.sourcesContent ?? []).filter((content) => content).length;
      expect(carried, path).toBe(path === "dist/esm/index.web.js.map" ? map.sources.length : 0);
    }
    expect([...sources].filter((path) => !/^src\/[\w/]+\.ts$/.test(path))).toEqual([]);
    expect([...sources]).toEqual(
      expect.arrayContaining([
        "src/communicationIdentityClient.ts",
        "src/testing/handleRequest.ts",
        "src/emulator/server.ts",
        "src/refresher/tokenRefresher.ts",
        "src/undici/undiciHttpClient.ts",
      ]),
    );
  });

  it("is readable: it isn't minified, and no identifier is shortened", async () => {
    const modules = filesOf(packagePath).filter((path) => /^dist.*\.(?:c?js|d\.c?ts)$/.test(path));
    for (const path of modules.filter((path) => !page.test(path))) {
      const text = await readFile(join(packagePath, path), "utf8");
      const [links, lines] = partition(text.split("\n"), (line) => /^(?:import|export) /.test(line));
      expect(Math.max(...lines.map((line) => line.length)), path).toBeLessThan(500);
      expect(
        lines.filter((line) => /\b(?:function|const|let|class) [a-z]\b/.test(line)),
        path,
      ).toEqual([]);
      expect(
        links.filter((line) => / as \w\b/.test(line)),
        path,
      ).toEqual([]);
    }
  });

  it("doesn't name any folder of the machine that built it", async () => {
    for (const path of filesOf(packagePath)) {
      expect(await readFile(join(packagePath, path), "utf8"), path).not.toContain(root);
    }
  });
});

describe("packing", () => {
  let folder: string | undefined;
  afterAll(() => (folder ? rm(folder, { recursive: true, force: true }) : undefined));

  it("produces the same bytes from another build in another folder", async () => {
    folder = await temporaryFolder("rebuild");
    const copy = join(folder, "elsewhere");
    await mkdir(copy);
    for (const name of [...documents, "src", "build", "tsconfig.json", "package-lock.json"]) {
      await cp(join(root, name), join(copy, name), { recursive: true });
    }
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    await run("npm", ["run", "build"], { cwd: copy });
    const second = await readFile(await pack(copy, folder));
    expect(second.equals(await readFile(installed.tarball))).toBe(true);
  });
});
