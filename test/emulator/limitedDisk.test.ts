import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { isHealthy } from "./rawSocket.js";

const cli = fileURLToPath(new URL("../../dist/esm/cli/acsIdentityEmulator.js", import.meta.url));
/** In units of 1024 bytes, as for ulimit. */
const quota = 64;

/** A file size limit simulates a full disk: the write that reaches it is cut short, and later ones fail. */
const canLimit = succeeds("bash", ["-c", `ulimit -S -f ${quota}`]);
const canRaise = succeeds("prlimit", ["--version"]);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it.skipIf(!canLimit)("a full disk loses no acknowledged user, and doesn't end the emulator", async () => {
  const data = join(temporaryFolder(), "state.jsonl");
  const emulator = await startOnSmallDisk(data);
  const client = new CommunicationIdentityClient(emulator.connectionString, {
    retryOptions: { maxRetries: 0 },
  });
  const acknowledged: string[] = [];
  let failures = 0;
  for (let count = 0; count < 4000 && failures < 5; count++) {
    await client.createUser().then(
      ({ communicationUserId }) => void acknowledged.push(communicationUserId),
      ({ statusCode }: { statusCode?: number }) => {
        expect(statusCode).toBe(500);
        failures++;
      },
    );
  }
  expect(failures).toBe(5);
  expect(acknowledged.length).toBeGreaterThan(50);
  expect(await isHealthy(emulator.url)).toBe(true);
  expect(emulator.exitCode()).toBeNull();
  // With room again, the emulator resumes without a restart.
  if (canRaise) {
    execFileSync("prlimit", [`--fsize=unlimited:`, "--pid", String(emulator.pid)]);
    for (let count = 0; count < 3; count++) {
      acknowledged.push((await client.createUser()).communicationUserId);
    }
  }
  await emulator.kill();

  const restarted = await startEmulator({ data });
  onTestFinished(() => restarted.close());
  const state = JSON.stringify(restarted.service.snapshot());
  expect(acknowledged.filter((id) => !state.includes(id))).toEqual([]);
  // No user that was refused exists.
  expect(restarted.service.users).toHaveLength(acknowledged.length);
  await new CommunicationIdentityClient(restarted.connectionString).createUser();
});

interface SmallDiskEmulator {
  readonly pid: number;
  readonly url: string;
  readonly connectionString: string;
  exitCode(): number | null;
  kill(): Promise<void>;
}

function startOnSmallDisk(data: string): Promise<SmallDiskEmulator> {
  const command = `ulimit -S -f ${quota}; exec "$0" "$@"`;
  const args = [cli, "--port", "0", "--json", "--data", data];
  const child = spawn("bash", ["-c", command, process.execPath, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const kill = async () => {
    child.kill("SIGKILL");
    await closed;
  };
  onTestFinished(kill);
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error("The emulator ended before it was ready")));
    child.stdout.once("data", (line) => {
      resolve({ ...JSON.parse(String(line)), exitCode: () => child.exitCode, kill });
    });
  });
}

function succeeds(file: string, args: readonly string[]): boolean {
  try {
    execFileSync(file, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
