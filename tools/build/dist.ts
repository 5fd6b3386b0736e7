// Writes dist: the declarations, and one module per entry and format, which loads faster than one per source file.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type BuildOptions, build } from "rolldown";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import manifest from "../../package.json" with { type: "json" };
import { emulatorConfigSchema } from "./emulatorConfigSchema.js";
import { bundlePages } from "./emulatorPage.js";

const { dependencies, peerDependencies } = manifest;
const packages = Object.keys({ ...dependencies, ...peerDependencies });
// The command imports the client by the name of the package. Otherwise its bundle would contain a second copy.
const external = (id: string) =>
  /^(?:node:|@azure\/)/.test(id) || packages.includes(id) || id === manifest.name;
const commands = ["cli/acsIdentity", "cli/acsIdentityEmulator"];
const entries = ["testing/index", "emulator/index", "refresher/index", "tokenEndpoint/index", "undici/index"];

const pages = JSON.stringify(await bundlePages());
const finishedPage = {
  name: "finished page",
  load: {
    filter: { id: /build\/emulatorPage\.ts$/ },
    // JavaScript engines parse JSON in a string faster than an object.
    handler: () => ({ code: `export const pages = async () => JSON.parse(${JSON.stringify(pages)});` }),
  },
};

/** The page is a fifth of the build, so both formats use the CommonJS one, which ES modules can import, too. */
const sharedPage = {
  name: "shared page",
  resolveId: {
    filter: { id: /build\/emulatorPage\.js$/ },
    handler: () => ({ id: "../../commonjs/chunks/emulatorPage.js", external: true }),
  },
};

const inputOf = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));

const types = await rollup({ input: inputOf("index", ...entries), external, plugins: [dts()] });
rmSync("dist", { recursive: true, force: true });
await writeFormat("esm", ...commands);
await writeFormat("commonjs");
writeFileSync("dist/commonjs/package.json", '{ "type": "commonjs", "sideEffects": false }\n');
writeFileSync("dist/emulatorConfig.schema.json", emulatorConfigSchema());
for (const name of ["refresher", "testing"]) writeStub(name);
writeStub("token-endpoint", "tokenEndpoint");

/** Writes a folder in which a resolver that doesn't know `exports` of package.json finds an entry for browsers. */
function writeStub(name: string, folder = name) {
  const main = `../dist/commonjs/${folder}/index.js`;
  const stub = { main, types: main.replace(/js$/, "d.ts"), sideEffects: false };
  mkdirSync(name, { recursive: true });
  writeFileSync(`${name}/package.json`, `${JSON.stringify(stub, null, 2)}\n`);
}

async function writeFormat(format: "esm" | "commonjs", ...programs: string[]) {
  const bundle = (
    input: Record<string, string>,
    platform: "node" | "neutral",
    { target = "es2022", extensions = [".ts"] } = {},
  ): BuildOptions => ({
    input,
    external,
    platform,
    plugins: [format === "esm" ? sharedPage : finishedPage],
    transform: { target },
    resolve: {
      // A module whose name ends in `.web` takes the place of its neighbour for Node.
      extensionAlias: { ".js": [...extensions, ".js"] },
      // jsonc-parser's CommonJS can't be bundled.
      mainFields: ["module", "main"],
      // The bundles name the places of packages, which must not be elsewhere.
      symlinks: false,
    },
    output: {
      ...outputOf("js"),
      format,
      // The declarations keep them. There are no source maps: the modules are readable, and their sources aren't published.
      comments: { jsdoc: false },
      // CommonJS as Jest needs it: exports that a test can replace by assignment, and no import().
      esModule: true,
      externalLiveBindings: false,
      dynamicImportInCjs: false,
    },
  });
  const outputOf = (fileEnding: string) => ({
    dir: `dist/${format}`,
    entryFileNames: `[name].${fileEnding}`,
    // A module for browsers gives its chunk the name of its neighbour for Node.
    chunkFileNames: ({ name }: { name: string }) => `chunks/${name.replace(/\.web$/, "")}.${fileEnding}`,
    minifyInternalExports: false,
  });
  const outputs = await build([
    bundle({ "index.web": "src/index.ts" }, "neutral", { extensions: [".web.ts", ".ts"] }),
    bundle(inputOf("index"), "node"),
    // webpack 4 finds the CommonJS of the refresher, and doesn't parse what came after 2019.
    bundle(inputOf(...entries, ...programs), "node", { target: format === "esm" ? "es2022" : "es2019" }),
  ]);
  await types.write({ ...outputOf("d.ts"), banner: packageComment });
  const chunks = outputs.flatMap(({ output }) => output.filter((file) => file.type === "chunk"));
  const licenses = licensesOf(chunks.flatMap(({ moduleIds }) => moduleIds));
  if (licenses) writeFileSync("dist/thirdPartyLicenses.txt", licenses);
}

/** Returns the licenses of the packages that are part of the bundles, which they require. */
function licensesOf(moduleIds: readonly string[]): string {
  const folders = moduleIds.flatMap(
    (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll("\\", "/")) ?? [],
  );
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
      return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
    })
    .join("\n\n");
}

/** Returns the comment at the start of an entry, which the plugin leaves out because it belongs to no declaration. */
function packageComment({ facadeModuleId }: { readonly facadeModuleId: string | null }): string {
  if (facadeModuleId === null) return "";
  const [comment = ""] =
    /^\/\*\*.*?@packageDocumentation\n \*\//s.exec(readFileSync(facadeModuleId, "utf8")) ?? [];
  // TypeDoc's tag isn't one of TSDoc.
  return comment.replace(/^ \* @module .*\n/m, "");
}
