// Writes dist: one module per entry and format, which loads several times faster than a file per source file and takes
// a third of the room. The client is bundled twice, for Node and for the web: `#platform` is decided here.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { bundlePage } from "../src/emulator/page/bundle.js";
import { rollUpTypes } from "./types.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const client = { index: "src/index.ts" };
const besides = Object.fromEntries(
  ["testing/index", "emulator/index", "undici/index"]
    .filter((entry) => existsSync(`${root}/src/${entry}.ts`))
    .map((entry) => [entry, `src/${entry}.ts`]),
);

/** Both formats load one module with the finished page, in the place of the one that bundles it from its sources. */
const finishedPage: Plugin = {
  name: "finished page",
  setup({ onLoad, onResolve }) {
    const path = "../../commonjs/emulator/page/assets.cjs";
    onResolve({ filter: /^\.\/assets\.js$/ }, () => ({ path, external: true }));
    onLoad({ filter: /emulator\/page\/assets\.ts$/ }, async () => {
      const assets = JSON.stringify(await bundlePage());
      return {
        contents: `const assets = ${assets};\nexport const loadPage = () => Promise.resolve(assets);`,
      };
    });
  },
};

/** esbuild splits ES modules alone; their parts are turned into CommonJS one by one, and find each other there. */
const partsInCommonjs: Plugin = {
  name: "parts in CommonJS",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.c?js$/ }, ({ path, kind }) => {
      if (kind === "entry-point") return undefined;
      const inCommonjs = path.replace("../../commonjs/", "../").replace(/\.js$/, ".cjs");
      return { path: inCommonjs, external: true };
    });
  },
};

async function bundle(
  format: "esm" | "cjs",
  platform: "node" | "web",
  entryPoints: Record<string, string>,
  plugin = finishedPage,
) {
  const options: BuildOptions = {
    absWorkingDir: root,
    entryPoints,
    bundle: true,
    format,
    platform: platform === "node" ? "node" : "neutral",
    target: "es2022",
    packages: "external",
    tsconfigRaw: {},
    plugins: [plugin],
    splitting: format === "esm" && entryPoints !== client,
    chunkNames: "chunks/[name]-[hash]",
    outdir: format === "esm" ? "dist/esm" : "dist/commonjs",
    outExtension: {
      ".js": `${entryPoints === client && platform === "web" ? ".web" : ""}.${format === "esm" ? "js" : "cjs"}`,
    },
    // The fake and the emulator are no code that a user steps through; nor is what a bundler minifies anyway.
    minifyIdentifiers: entryPoints !== client,
    minifyWhitespace: entryPoints !== client || platform === "web",
    minifySyntax: entryPoints !== client,
    sourcemap: entryPoints === client && format === "esm" && platform === "node",
    legalComments: "none",
    // esbuild's exports are getters; a test that replaces one by assignment needs plain properties.
    ...(format === "cjs" && {
      // Jest runs CommonJS where import() is not to be had.
      supported: { "dynamic-import": false },
      footer: {
        js: 'module.exports = Object.defineProperty({ ...module.exports }, "__esModule", { value: true });',
      },
    }),
    logLevel: "warning",
  };
  await build(options);
}

/** The parts that entries share, as `chunks/<name>`. */
function chunks(): string[] {
  return readdirSync(`${root}/dist/esm/chunks`).map((file) => `chunks/${file.replace(/\.js$/, "")}`);
}

rmSync(`${root}/dist`, { recursive: true, force: true });
for (const format of ["esm", "cjs"] as const) {
  await bundle(format, "node", client);
  await bundle(format, "web", client);
}
await bundle("esm", "node", { ...besides, "emulator/cli": "src/emulator/cli.ts" });
await bundle("cjs", "node", { "emulator/page/assets": "src/emulator/page/assets.ts" });
const parts = [...Object.keys(besides), ...chunks()];
await bundle(
  "cjs",
  "node",
  Object.fromEntries(parts.map((part) => [part, `dist/esm/${part}.js`])),
  partsInCommonjs,
);
rollUpTypes(["index", ...Object.keys(besides)]);
console.log(`Built ${readdirSync(`${root}/dist`, { recursive: true }).length} files.`);
