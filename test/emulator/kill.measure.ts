/**
 * Counts the acknowledged users that are lost when the emulator is killed under load, in several rounds on one
 * data file: `npx tsx test/emulator/kill.measure.ts [rounds]`
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../src/emulator/index.js";
import { snapshotContent } from "../helpers/snapshotContent.js";
import { startCommand } from "./command.js";
import { killUnderLoad } from "./killUnderLoad.js";

const rounds = Math.min(Number(process.argv[2] ?? 20), 100);
const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
const data = join(folder, "data");
const acknowledged: string[] = [];
let lost = 0;
for (let round = 0; round < rounds; round++) {
  const command = startCommand(["--data", data, "--log-level", "warn"]);
  acknowledged.push(...(await killUnderLoad(command, 100 + Math.floor(Math.random() * 1000))));
  const emulator = await startEmulator({ data });
  const kept = new Set(
    snapshotContent(emulator.service).events.flatMap((event) => ("id" in event ? [event.id] : [])),
  );
  lost = acknowledged.filter((id) => !kept.has(id)).length;
  await emulator.close();
}
console.log({ rounds, acknowledged: acknowledged.length, lost, bytes: statSync(data).size });
rmSync(folder, { recursive: true });
