import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Installation, installation, root } from "../helpers/packed.js";

/** The pages that show these stay in the repository. */
const drawnForContributors = ["codeMap.svg", "deployment.svg"];
const documents = [
  "CHANGELOG.md",
  "LICENSE",
  "MIGRATING.md",
  "README.md",
  "SECURITY.md",
  "TROUBLESHOOTING.md",
  "docs/emulatorPage.png",
  ...readdirSync(join(root, "docs"))
    .filter((name) => /\.(?:md|svg)$/.test(name) && !drawnForContributors.includes(name))
    .map((name) => `docs/${name}`),
  ...["package.json", "refresher/package.json", "testing/package.json", "token-endpoint/package.json"],
].filter((name) => existsSync(join(root, name)));

const entries = [
  "index",
  "testing/index",
  "emulator/index",
  "refresher/index",
  "tokenEndpoint/index",
  "undici/index",
];
const commands = ["cli/acsIdentity", "cli/acsIdentityEmulator"];
/** Each entry has a module and declarations in each format. */
const built = [
  ...[...entries, "index.web", ...commands].map((name) => `dist/esm/${name}.js`),
  "dist/commonjs/package.json",
  "dist/emulatorConfig.schema.json",
  "dist/thirdPartyLicenses.txt",
  ...[...entries, "index.web"].map((name) => `dist/commonjs/${name}.js`),
  ...entries.flatMap((name) => [`dist/esm/${name}.d.ts`, `dist/commonjs/${name}.d.ts`]),
];
/** Chunks that several entries share. */
const chunk = /^dist\/(?:esm|commonjs)\/chunks\/[\w-]+\.(?:js|d\.ts)$/;
/** The emulator's page, which is minified like any web page, and the chunks with packages of others, as they wrote them. */
const ofOthers = /\/chunks\/(?:emulatorPage|program|emulatorConfig)\.js$/;

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
  it("contains only the bundles of its entries, and the documents", () => {
    const files = filesOf(packagePath).filter((path) => !chunk.test(path));
    expect(files).toEqual([...built, ...documents].sort());
  });

  it("contains everything its documents link to, since npm shows them without the repository", async () => {
    const dead: string[] = [];
    for (const document of documents.filter((name) => name.endsWith(".md"))) {
      // README says of some links that they lead to the repository.
      const [text = ""] = (await readFile(join(packagePath, document), "utf8")).split(
        "\n### In the repository",
      );
      for (const [link, path = ""] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#]+)/g)) {
        if (!existsSync(join(packagePath, dirname(document), path))) dead.push(`${document}: ${link}`);
      }
    }
    expect(dead).toEqual([]);
  });

  it("contains every file that its manifest names", async () => {
    const manifest = await readFile(join(packagePath, "package.json"), "utf8");
    const named = [...manifest.matchAll(/"\.\/([^"]+)"/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(20);
    // Those are the names of entries. Two of them are folders, too.
    const names = ["testing", "emulator", "refresher", "token-endpoint", "undici"];
    expect(named.filter((path) => !names.includes(path) && !existsSync(join(packagePath, path)))).toEqual([]);
  });

  it("has no source map, since its sources aren't in it, and no private name in a declaration", async () => {
    for (const path of filesOf(packagePath).filter((each) => /^dist.*\.(?:js|d\.ts)$/.test(each))) {
      const text = await readFile(join(packagePath, path), "utf8");
      expect(text, path).not.toContain("//# sourceMappingURL=");
      if (path.endsWith(".d.ts")) expect(text, path).not.toMatch(/^\s*#\w/m);
    }
  });

  it("has the licenses of the packages in its bundles", async () => {
    const licenses = await readFile(join(packagePath, "dist/thirdPartyLicenses.txt"), "utf8");
    expect([...licenses.matchAll(/^(\S+) \d+\.\d+\.\d+$/gm)].map(([, name]) => name)).toEqual(
      expect.arrayContaining(["cross-spawn", "jsonc-parser"]),
    );
  });

  it("is readable: it isn't minified, and no identifier is shortened", async () => {
    const modules = filesOf(packagePath).filter((path) => /^dist.*\.(?:js|d\.ts)$/.test(path));
    for (const path of modules.filter((path) => !ofOthers.test(path))) {
      const text = await readFile(join(packagePath, path), "utf8");
      const [links, lines] = partition(text.split("\n"), (line) => /^(?:import|export) /.test(line));
      expect(Math.max(...lines.map((line) => line.length)), path).toBeLessThan(500);
      expect(
        lines.filter((line) => /\b(?:function|const|let|class) [a-z](?:[;(,]| [={]| of )/.test(line)),
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
