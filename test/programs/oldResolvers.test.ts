// webpack 4 and Jest 26, which know no `exports`, find the entries by folders that have a package.json.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { installation } from "../helpers/packed.js";

interface EnhancedResolve {
  create: {
    sync(options: object): (folder: string, name: string) => string;
  };
}
interface DefaultResolver {
  default(name: string, options: object): string;
}

let folder: string;
let tools: NodeJS.Require;
beforeAll(async () => {
  const installed = await installation(fileURLToPath(new URL("oldResolvers/", import.meta.url)));
  folder = installed.folder;
  tools = createRequire(join(folder, "package.json"));
});

/** What webpack and Jest get of each entry. Only the main one has a field `module`. */
const entries = [
  ["acs-identity", "dist/esm/index.js", "dist/commonjs/index.js"],
  ...["refresher", "testing"].map((entry) => {
    const script = `dist/commonjs/${entry}/index.js`;
    return [`acs-identity/${entry}`, script, script] as const;
  }),
] as const;

describe.each(entries)("%s", (name, forWebpack, forJest) => {
  const place = (path: string) => relative(join(folder, "node_modules/acs-identity"), path);

  it("is found by webpack 4", () => {
    const { create } = tools("enhanced-resolve") as EnhancedResolve;
    const resolve = create.sync({ mainFields: ["module", "main"] });
    expect(place(resolve(folder, name))).toBe(forWebpack);
  });

  it("is found by Jest 26, as CommonJS", () => {
    const { default: resolve } = tools("jest-resolve/build/defaultResolver") as DefaultResolver;
    const path = resolve(name, { basedir: folder, extensions: [".js"], moduleDirectory: ["node_modules"] });
    expect(place(path)).toBe(forJest);
    expect(readFileSync(path, "utf8")).toContain("exports");
  });
});
