// What the bench measures: what docs/comparison.md shows, and what has a budget.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { build, type Rolldown } from "vite";
import { userProject } from "../helpers/project.js";
import { budgets } from "./budgets.js";
import type { SubjectName } from "./calls.js";
import { type Column, installed, node, rowsOf } from "./measure.js";
import type { Row } from "./table.js";

const { ours, official } = installed;
const both: readonly SubjectName[] = ["official", "ours"];
const emulatorCommand = join(ours.folder, "node_modules/.bin/acs-identity-emulator");

const cpu = (what: string): Column => ({ what: `${what}: CPU per call`, unit: "µs", of: (each) => each.cpu });

function measureStub(): Row[] {
  const heap: Column = { what: "getToken: allocated per call", unit: "bytes", of: (each) => each.heap };
  const roomForAll = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128"];
  return [
    // Node 24 takes a while to compile.
    ...rowsOf({ calls: 10_000 }, both, 15, [{ ...cpu("getToken"), budget: budgets.stub }]),
    ...rowsOf({ calls: 500 }, both, 1, [heap], roomForAll),
  ];
}

/** Subtracts from each value what was measured in the same round without a package. */
function added(values: readonly number[] = [], bare: readonly number[] = []): number[] {
  return values.map((value, round) => value - (bare[round] ?? Number.NaN));
}

/** Starts the server of the loopback measurements. Disconnecting from it ends it. */
async function startServer() {
  const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)));
  const [port] = await once(server, "message");
  return { server, origin: `http://127.0.0.1:${port}` };
}

async function measureLoopback(): Promise<Row[]> {
  const { server, origin } = await startServer();
  const subjects: readonly SubjectName[] = [...both, "ours over undici", "node:http"];
  const measured = rowsOf({ calls: 4_000, inFlight: 16, origin }, subjects, 3, [
    {
      ...cpu("loopback, 16 in flight"),
      budget: budgets.loopback,
      undiciBudget: budgets.loopbackOverUndici,
    },
  ]);
  server.disconnect();
  return [...measured, ...measured.map(addedToNode)];
}

function addedToNode({ what, unit, values: { official, ours: own, "node:http": bare } }: Row): Row {
  return {
    what: `${what}, added to node:http`,
    unit,
    values: { official: added(official, bare), ours: added(own, bare) },
    budget: budgets.addedToNode,
  };
}

/** Runs a statement in a new process. Returns its time in milliseconds and its memory in megabytes. */
function load(folder: string, statement: string): { time: number; memory: number } {
  const start = performance.now();
  const program = `${statement}; console.log(process.memoryUsage().rss)`;
  const memory = Number(node(folder, "--input-type=module", "--eval", program)) / 1e6;
  return { time: performance.now() - start, memory };
}

function measureImport(): Row[] {
  const times = { official: [] as number[], ours: [] as number[] };
  const memory = { official: [] as number[], ours: [] as number[] };
  for (let round = 0; round < 11; round++) {
    const bare = load(ours.folder, "");
    for (const [subject, { folder, name }] of [
      ["official", official],
      ["ours", ours],
    ] as const) {
      const loaded = load(folder, `await import("${name}")`);
      times[subject].push(loaded.time - bare.time);
      memory[subject].push(loaded.memory - bare.memory);
    }
  }
  return [
    { what: "import in Node", unit: "ms", values: times, budget: budgets.import },
    { what: "memory after import", unit: "MB", values: memory },
  ];
}

/** Measures from the start of a process to its first token, less the start and end of a process that does nothing. */
async function measureColdStart(): Promise<Row[]> {
  const { server, origin } = await startServer();
  for (const { folder } of [official, ours]) {
    const [entryPoints, outfile] = [[join(folder, "firstToken.js")], join(folder, "firstToken.bundle.cjs")];
    await esbuild({ entryPoints, outfile, bundle: true, minify: true, platform: "node", format: "cjs" });
  }
  const rows: Row[] = [];
  for (const [what, file, budget] of [
    ["as installed", "firstToken.js", budgets.coldStart],
    ["bundled by esbuild", "firstToken.bundle.cjs", budgets.coldStartBundled],
  ] as const) {
    const values = { official: [] as number[], ours: [] as number[] };
    for (let round = 0; round < 11; round++) {
      const bare = timeOf(ours.folder, "--eval", "");
      values.official.push(timeOf(official.folder, file, origin) - bare);
      values.ours.push(timeOf(ours.folder, file, origin) - bare);
    }
    rows.push({ what: `cold start to the first token, ${what}`, unit: "ms", values, budget });
  }
  server.disconnect();
  return rows;
}

/** Runs Node until it exits, and returns how many milliseconds it took. */
function timeOf(folder: string, ...args: readonly string[]): number {
  const start = performance.now();
  node(folder, ...args);
  return performance.now() - start;
}

/** Returns the size in bytes of a module, bundled for browsers, minified and gzipped. */
async function bundleSize(folder: string, entry: string): Promise<number> {
  const [{ output }] = (await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: true, lib: { entry, formats: ["es"] } },
  })) as [Rolldown.RolldownOutput];
  return gzipSync(output[0].code, { level: 9 }).length;
}

/** Returns the size of a page with the client and another one of Azure, which has a part of Azure Core already. */
async function sizeBesideRooms(names: readonly string[]): Promise<number[]> {
  const { folder, remove } = await userProject("bench-rooms");
  try {
    return await Promise.all(
      names.map(async (name, index) => {
        const rooms = 'export { RoomsClient } from "@azure/communication-rooms";';
        const entry = `page${index}.js`;
        await writeFile(
          join(folder, entry),
          `${rooms} export { CommunicationIdentityClient } from "${name}";`,
        );
        return bundleSize(folder, entry);
      }),
    );
  } finally {
    await remove();
  }
}

async function measureSizes(): Promise<Row[]> {
  const row = (what: string, unit: string, [theirs, own]: readonly number[], budget?: number): Row => ({
    what,
    unit,
    values: { official: [theirs ?? 0], ours: [own ?? 0] },
    budget,
  });
  const packages = [official, ours];
  const bundles = await Promise.all(packages.map(({ folder }) => bundleSize(folder, "client.js")));
  const besideRooms = await sizeBesideRooms(packages.map(({ name }) => name));
  return [
    row("browser bundle, minified and gzip", "bytes", bundles, budgets.bundle),
    row("the same, with communication-rooms", "bytes", besideRooms, budgets.bundleBesideRooms),
    row(
      "installed, with dependencies",
      "MB",
      packages.map(({ megabytes }) => megabytes),
      budgets.installed,
    ),
    row(
      "packages installed",
      "packages",
      packages.map(({ packages }) => packages),
    ),
  ];
}

async function measureEmulator(): Promise<Row[]> {
  const values = { official: [] as number[], ours: [] as number[] };
  for (let round = 0; round < 5; round++) {
    values.official.push(load(ours.folder, "").time);
    const start = performance.now();
    const emulator = spawn(process.execPath, [emulatorCommand, "--port", "0"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(emulator.stdout, "data");
    values.ours.push(performance.now() - start);
    emulator.kill();
    await once(emulator, "exit");
  }
  const what = "emulator, from the command to its ready line (official: Node alone)";
  return [{ what, unit: "ms", values, budget: budgets.emulatorReady }];
}

export const sections: Readonly<Record<string, () => Row[] | Promise<Row[]>>> = {
  stub: measureStub,
  loopback: measureLoopback,
  import: measureImport,
  coldStart: measureColdStart,
  sizes: measureSizes,
  emulator: measureEmulator,
};
