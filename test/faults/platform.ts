// Which Node and which core packages the rows run on: those that npm installs on a Node are not the same for all.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { toolsOf } from "../package/tools.js";
import { binaryAt } from "../runtimes/binaries.js";

/** How to start a worker process. */
export interface Platform {
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** What a worker process really runs on. */
export interface Versions {
  readonly node: string;
  /** The core packages by their names. */
  readonly core: Readonly<Record<string, string>>;
}

/** In a worker process that does not use the core packages of the lockfile: the URL of the folder that has others. */
const folderVariable = "FAULTS_CORE";
const newestCore = new URL("newestCore/", import.meta.url);

/** The oldest major version of Node that the newest core packages take. */
const newestCoreNeeds = 22;

const execArgv = ["--import", "tsx", "--expose-gc"];

/** @param major - Of the Node to run on, with the core packages that npm installs there; absent for this one as it is. */
export async function platformOf(major: string | undefined): Promise<Platform> {
  if (major === undefined) return { execPath: process.execPath, execArgv, environment: {} };
  const execPath = await binaryAt(`node-${major}/bin/node`);
  if (!execPath) {
    throw new Error(`test/runtimes has no binary of Node ${major} for ${process.platform} ${process.arch}.`);
  }
  if (Number(major) < newestCoreNeeds) return { execPath, execArgv, environment: {} };
  await toolsOf(newestCore);
  return {
    execPath,
    execArgv: [...execArgv, "--import", new URL("coreHook.ts", import.meta.url).href],
    environment: { [folderVariable]: newestCore.href },
  };
}

/** Where this process finds the core packages, when not among the dependencies of the repository. */
export function coreFolder(): string | undefined {
  return process.env[folderVariable];
}

/** Bundles the core packages that this process runs on. */
export const corePlugin: Plugin = {
  name: "core",
  setup(build) {
    const folder = coreFolder();
    if (!folder) return;
    const resolveDir = fileURLToPath(folder);
    build.onResolve({ filter: /^@azure\// }, ({ path, kind, importer }) =>
      importer.startsWith(resolveDir)
        ? undefined
        : build.resolve(path, { kind, resolveDir, importer: `${resolveDir}package.json` }),
    );
  },
};

/** What this process runs on, by the files that its imports load. */
export function versionsHere(): Versions {
  const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const core = Object.keys(own.dependencies)
    .filter((name) => name.startsWith("@azure/"))
    .map((name) => [name, fileURLToPath(import.meta.resolve(name))] as const);
  const [, pipeline = ""] = core.find(([name]) => name.endsWith("/core-rest-pipeline")) ?? [];
  const runtime = "@typespec/ts-http-runtime";
  const files = [...core, [runtime, createRequire(pipeline).resolve(runtime)] as const];
  return {
    node: process.version,
    core: Object.fromEntries(files.map(([name, file]) => [name, versionOf(name, file)])),
  };
}

/** The version of the package that a file belongs to. */
function versionOf(name: string, file: string): string {
  const end = file.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length;
  return JSON.parse(readFileSync(`${file.slice(0, end)}package.json`, "utf8")).version;
}
