/**
 * Compares the time from the command to its ready line with a bare run of Node, by the median of 15 runs:
 * `npm run build && npx tsx test/emulator/start.measure.ts [dist/esm]`
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const RUNS = 15;
const [build = "dist/esm"] = process.argv.slice(2);
const cli = resolve(build, "cli/acsIdentityEmulator.js");

function bare(): number {
  const start = performance.now();
  spawnSync(process.execPath, ["-e", "0"]);
  return performance.now() - start;
}

async function ready(): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [cli, "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  const took = performance.now() - start;
  child.kill("SIGKILL");
  await once(child, "close");
  return took;
}

const bareTimes: number[] = [];
const readyTimes: number[] = [];
for (let run = 0; run < RUNS + 1; run++) {
  bareTimes.push(bare());
  readyTimes.push(await ready());
}
// The first run fills the file cache.
const median = (times: number[]) =>
  times.slice(1).sort((one, other) => one - other)[Math.floor(RUNS / 2)] ?? 0;
const [node, emulator] = [median(bareTimes), median(readyTimes)];
console.log(
  `bare Node ${node.toFixed(1)} ms, ready line ${emulator.toFixed(1)} ms: ${(emulator / node).toFixed(2)} times`,
);
