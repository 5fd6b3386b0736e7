import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compile, NodeHost } from "@typespec/compiler";
import { getOpenAPI3 } from "@typespec/openapi3";
import { refuseDiagnostics } from "./emitter/diagnostics.js";
import { emit } from "./emitter/emit.js";

/** Folders that contain only generated files, relative to the package's root. */
const generatedFolders = ["src/generated", "spec/openapi"];

/** Without this, every document also lists the versions and types of other versions. */
const openApiOptions = { "omit-unreachable-types": true };

/** Returns the text of every generated file of the package at `root`, by its path relative to `root`. */
export async function generateFiles(root: string): Promise<Map<string, string>> {
  const program = await compile(NodeHost, join(root, "spec/main.tsp"), { noEmit: true });
  refuseDiagnostics(program.diagnostics);
  const header = "// Generated from spec by npm run generate. Do not edit.\n";
  const files = new Map<string, string>();
  for (const [name, text] of await emit(program, { header, imports: "../operation" })) {
    files.set(`src/generated/${name}`, text);
  }
  for (const service of await getOpenAPI3(program, openApiOptions)) {
    for (const document of service.versioned ? service.versions : [{ ...service, version: "none" }]) {
      refuseDiagnostics(document.diagnostics);
      files.set(
        `spec/openapi/openapi.${document.version}.json`,
        `${JSON.stringify(document.document, null, 2)}\n`,
      );
    }
  }
  return files;
}

/** Writes the generated files and removes those that are no longer generated. */
export async function writeFiles(root: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const path of await presentFiles(root)) {
    if (!files.has(path)) await rm(join(root, path));
  }
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Returns one line per generated file under `root` that is out of date. */
export async function findDifferences(root: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const present = await presentFiles(root);
  const differences = present.filter((path) => !files.has(path)).map((path) => `${path} is superfluous`);
  for (const [path, expected] of files) {
    if (!present.includes(path)) {
      differences.push(`${path} is missing`);
      continue;
    }
    const actual = await readFile(join(root, path), "utf8");
    if (actual !== expected) differences.push(`${path} differs`);
  }
  return differences.sort();
}

async function presentFiles(root: string): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of generatedFolders) {
    const names = await readdir(join(root, folder)).catch(() => []);
    paths.push(...names.map((name) => `${folder}/${name}`));
  }
  return paths;
}
