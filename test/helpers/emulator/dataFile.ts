import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, onTestFinished } from "vitest";
import {
  type Emulator,
  type EmulatorOptions,
  type LogEntry,
  startEmulator,
} from "../../../src/emulator/index.js";
import { temporaryFolder } from "../temporaryFolder.js";
import { makeUser } from "../testing/ask.js";
import { type Command, startCommand } from "./command.js";

export let folder: string;
/** The data file of the test. */
export let data: string;
/** The log of the emulator that was started last. */
export let log: LogEntry[];

/** Gives each test of a file a data file of its own, which doesn't exist yet. */
export function useDataFile(): void {
  beforeEach(() => {
    folder = temporaryFolder();
    data = join(folder, "state.jsonl");
  });
}

export async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  log = [];
  const emulator = await startEmulator({ data, onLog: (entry) => log.push(entry), ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

export function startProcess(): Command {
  const command = startCommand(["--data", data, "--log-level", "error"]);
  onTestFinished(async () => void (await command.kill("SIGKILL")));
  return command;
}

/** Makes a data file, and returns the ids of its users. */
export async function fileWith(users: number): Promise<string[]> {
  const { service, close } = await start();
  const ids: string[] = [];
  for (let user = 0; user < users; user++) ids.push(await makeUser(service));
  await close();
  return ids;
}

export const text = (): string => readFileSync(data, "utf8");
export const modeOf = (file: string): number => statSync(file).mode & 0o777;
