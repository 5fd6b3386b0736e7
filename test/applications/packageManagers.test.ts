import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { npm, run } from "../helpers/command.js";
import { root, temporaryFolder } from "../helpers/packed.js";
import { binaryAt } from "../runtimes/binaries.js";
import { alias } from "./install.js";

const program = fileURLToPath(new URL("projects/installed/program.cjs", import.meta.url));
/** What TROUBLESHOOTING.md says for yarn 1 on Node 20. */
const resolutions = {
  "@azure/abort-controller": "2.1.2",
  "@azure/core-auth": "1.10.1",
  "@azure/core-client": "1.10.2",
  "@azure/core-rest-pipeline": "1.24.0",
  "@azure/core-tracing": "1.3.1",
  "@azure/core-util": "1.13.1",
  "@azure/logger": "1.3.0",
  "@typespec/ts-http-runtime": "0.3.6",
};

const installed = inject("installed");

interface Application {
  readonly folder: string;
  /** Runs a package manager in the folder, on the Node of the application. */
  manage(...args: readonly string[]): Promise<string>;
}

/** Creates an application with the package under the official name. It isn't installed yet. */
async function application(
  node: string,
  manager: string,
  manifest: object,
  yarnrc = "",
): Promise<Application> {
  const folder = await temporaryFolder("application");
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scripts = { start: "node program.cjs" };
  const dependencies = { [alias]: "file:./acs-identity.tgz" };
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ private: true, scripts, dependencies, ...manifest }),
  );
  await writeFile(
    join(folder, ".yarnrc.yml"),
    `${yarnrc}enableTelemetry: false\nenableImmutableInstalls: false\n`,
  );
  if (manager.startsWith("yarn-4")) await writeFile(join(folder, "yarn.lock"), "");
  await cp(installed.tarball, join(folder, "acs-identity.tgz"));
  await cp(program, join(folder, "program.cjs"));
  const binary = (await binaryAt(`node-${node}/bin/node`)) ?? expect.fail(`there is no Node ${node}`);
  const script = join(installed.folder, "node_modules", manager);
  // pnpm 12 is a program without Node, which runs the Node of the path.
  const [start, ...first] = manager === pnpm12 ? [script] : [binary, script];
  const env = { PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` };
  return { folder, manage: (...args) => run(start, [...first, ...args], { cwd: folder, env }) };
}

const npm11 = "npm-11/bin/npm-cli.js";
const npm12 = "npm-12/bin/npm-cli.js";
const pnpm11 = "pnpm-11/bin/pnpm.mjs";
const pnpm12 = "@pnpm/exe.linux-x64/pnpm";
const yarn1 = "yarn-1/bin/yarn.js";
const yarn4 = "yarn-4/bin/yarn.js";

describe("a program that was installed", () => {
  it.each([
    { name: "npm 11", node: "20", manager: npm11 },
    { name: "npm 11", node: "26", manager: npm11 },
    { name: "npm 12", node: "22", manager: npm12 },
    { name: "npm 12", node: "24", manager: npm12 },
    { name: "pnpm 11", node: "22", manager: pnpm11 },
    { name: "pnpm 11", node: "26", manager: pnpm11 },
    { name: "pnpm 12", node: "20", manager: pnpm12 },
    { name: "pnpm 12", node: "24", manager: pnpm12 },
    { name: "yarn 4", node: "20", manager: yarn4, yarnrc: "nodeLinker: node-modules\n" },
    { name: "yarn 4", node: "26", manager: yarn4, yarnrc: "nodeLinker: node-modules\n" },
    { name: "yarn 4 with PnP", node: "20", manager: yarn4 },
    { name: "yarn 4 with PnP", node: "24", manager: yarn4 },
    { name: "yarn 1 with resolutions", node: "20", manager: yarn1, manifest: { resolutions } },
    { name: "yarn 1", node: "22", manager: yarn1 },
  ])("by $name on Node $node runs", async ({ name, node, manager, manifest = {}, yarnrc }) => {
    const { manage } = await application(node, manager, manifest, yarnrc);
    await manage("install", ...(manager === yarn4 ? [] : ["--ignore-scripts"]));
    const output = await manage("run", "start");
    const [userAgent = "", core] = /core-rest-pipeline\/(\S+) Node\/\S+/.exec(output) ?? [];
    console.log(`${name}, Node ${node}: core-rest-pipeline ${core}`);
    expect(userAgent).toContain(`Node/${node}.`);
  });
});

describe("yarn 1 on Node 20", () => {
  it("refuses Azure's newest packages, as TROUBLESHOOTING.md says", async () => {
    const { manage } = await application("20", yarn1, {});
    await expect(manage("install", "--ignore-scripts")).rejects.toThrow('The engine "node" is incompatible');
    const page = await readFile(join(root, "TROUBLESHOOTING.md"), "utf8");
    const [quoted = "{}"] = /\{[^{}]*ts-http-runtime[^{}]*\}/.exec(page) ?? [];
    expect(JSON.parse(quoted)).toEqual(resolutions);
  });
});

describe("an application with the lowest Azure Core in its lock", () => {
  it("keeps every version if this package is installed", async () => {
    const folder = await mkdtemp(join(installed.folder, "lowest-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (const name of ["package.json", "package-lock.json"])
      await cp(join(root, "test/faults/lowest", name), join(folder, name));
    const lock = async () => JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8")).packages;
    const before = await lock();
    await npm(["install", "--package-lock-only", `${alias}@file:${installed.tarball}`], folder);
    const { "": _, [`node_modules/${alias}`]: added, ...after } = await lock();
    expect(added.version).toBeDefined();
    expect({ "": before[""], ...after }).toEqual(before);
  });
});
