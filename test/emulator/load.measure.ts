/**
 * Measures the CPU time and memory that the built command uses for 2000 requests a second over 30 s:
 * `npm run build && npx tsx test/emulator/load.measure.ts [dist/esm] [seconds]`
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const [build = "dist/esm", seconds = "30"] = process.argv.slice(2);
const cli = resolve(build, "cli/acsIdentityEmulator.js");
const generator = fileURLToPath(new URL("load.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));

async function measure(kind: string, args: readonly string[]): Promise<void> {
  const emulator = spawn(process.execPath, [cli, "--port", "0", "--json", "--log-level", "warn", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(emulator.stdout, "data");
  const { connectionString } = JSON.parse(String(line));
  const run = promisify(execFile);
  const options = ["--import", "tsx", generator, connectionString, "2000", seconds, kind];
  const { stdout } = await run(process.execPath, options);
  const status = readFileSync(`/proc/${emulator.pid}/status`, "utf8");
  const ticks = readFileSync(`/proc/${emulator.pid}/stat`, "utf8").split(" ");
  const cpu = (Number(ticks[13]) + Number(ticks[14])) / 100;
  const resident = /VmRSS:\s+(\d+)/.exec(status)?.[1];
  console.log(
    args.join(" ") || "in memory",
    stdout.trim(),
    `emulator: ${cpu} s of CPU, ${Number(resident) >> 10} MiB resident`,
  );
  emulator.kill("SIGTERM");
  await once(emulator, "close");
}

for (const kind of ["mix", "create", "issue"]) await measure(kind, []);
await measure("mix", ["--data", join(folder, "data")]);
rmSync(folder, { recursive: true });
