// What it costs to load and to install: import, bundle, folders.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { budgets } from "./budgets.js";
import { nodeCommand } from "./processes.js";
import { rowOfLists } from "./rounds.js";
import type { Row } from "./rows.js";
import type { SubjectName } from "./subjects.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = {
  ours: "acs-identity",
  official: "@azure/communication-identity",
} as const satisfies Partial<Record<SubjectName, string>>;
const names = Object.keys(packages) as (keyof typeof packages)[];

/** In fresh processes, minus what Node takes without an import. */
export function measureImport(rounds = 15): Row[] {
  const times = { ours: [] as number[], official: [] as number[] };
  const memory = { ours: [] as number[], official: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const bare = load("");
    for (const name of names) {
      const loaded = load(`await import(${JSON.stringify(packages[name])});`);
      times[name].push(loaded.time - bare.time);
      memory[name].push(loaded.memory - bare.memory);
    }
  }
  const section = "Loading";
  return [
    rowOfLists(
      { section, what: "import in Node", unit: "ms", budget: budgets.import },
      Object.entries(times) as [],
    ),
    rowOfLists({ section, what: "memory after import", unit: "MB" }, Object.entries(memory) as []),
  ];
}

function load(statement: string): { time: number; memory: number } {
  const program = `${statement} console.log(process.memoryUsage().rss);`;
  const [command, args] = nodeCommand(0, ["--input-type=module", "--eval", program]);
  const start = performance.now();
  const { stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return { time: performance.now() - start, memory: Number(stdout) / 1e6 };
}

/** The client alone, for browsers, minified and compressed. */
export async function measureBundle(): Promise<Row[]> {
  const sizes: [SubjectName, number[]][] = [];
  for (const name of names) {
    const { outputFiles } = await build({
      stdin: {
        contents: `export { CommunicationIdentityClient } from ${JSON.stringify(packages[name])};`,
        resolveDir: root,
      },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      tsconfigRaw: {},
      write: false,
    });
    sizes.push([name, [gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length]]);
  }
  const head = { section: "Loading", what: "browser bundle, minified and gzip", unit: "bytes" } as const;
  return [rowOfLists({ ...head, budget: budgets.bundle }, sizes)];
}

/** The package with its dependencies, as npm installs them into an empty folder. */
export function measureInstallation(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-bench-"));
  try {
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const [packed] = JSON.parse(execFileSync("npm", pack, { cwd: root, encoding: "utf8" }));
    const { version } = JSON.parse(
      readFileSync(join(root, "node_modules/@azure/communication-identity/package.json"), "utf8"),
    );
    const specs = { ours: join(folder, packed.filename), official: `${packages.official}@${version}` };
    const installed = names.map((name) => [name, install(join(folder, name), specs[name])] as const);
    const section = "Loading";
    return [
      rowOfLists(
        { section, what: "on disk, with dependencies", unit: "MB", budget: budgets.installed },
        installed.map(([name, { bytes }]) => [name, [bytes / 1e6]]),
      ),
      rowOfLists(
        { section, what: "packages installed", unit: "packages" },
        installed.map(([name, { count }]) => [name, [count]]),
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function install(folder: string, spec: string): { bytes: number; count: number } {
  execFileSync("mkdir", ["-p", folder]);
  writeFileSync(join(folder, "package.json"), "{}");
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  execFileSync("npm", ["install", ...flags, spec], { cwd: folder, stdio: "pipe" });
  const modules = join(folder, "node_modules");
  const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
  const files = readdirSync(modules, { recursive: true, encoding: "utf8" });
  const bytes = files.reduce((sum, file) => {
    const entry = statSync(join(modules, file));
    // As `du` counts: a small file takes a block.
    return sum + entry.blocks * 512;
  }, 0);
  return { bytes, count: Object.keys(lock.packages).length };
}
