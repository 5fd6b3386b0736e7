import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";
import { startCommand } from "../command.js";
import { isHealthy } from "../rawSocket.js";

/** A file size limit simulates a full disk: the write that reaches it is cut short, and later ones fail. */
const canLimit = spawnSync("prlimit", ["--version"]).status === 0;

it.skipIf(!canLimit)(
  "a full disk loses no acknowledged user, and doesn't end the emulator (needs prlimit)",
  async () => {
    const folder = temporaryFolder();
    const data = join(folder, "state.jsonl");
    const command = startCommand(["--data", data, "--log-level", "silent"]);
    onTestFinished(async () => void (await command.kill("SIGKILL")));
    const { url, connectionString } = await command.ready();
    const limit = (size: string) => {
      const { status } = spawnSync("prlimit", [`--fsize=${size}`, "--pid", String(command.process.pid)]);
      expect(status).toBe(0);
    };
    const client = new CommunicationIdentityClient(connectionString, { retryOptions: { maxRetries: 0 } });
    const acknowledged: string[] = [];
    const create = async () => void acknowledged.push((await client.createUser()).communicationUserId);
    limit(`${64 * 1024}:unlimited`);
    let failures = 0;
    for (let count = 0; count < 4000 && failures < 5; count++) {
      await create().catch(({ statusCode }: { statusCode?: number }) => {
        expect(statusCode).toBe(500);
        failures++;
      });
    }
    expect(failures).toBe(5);
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(await isHealthy(url)).toBe(true);
    // With room again, the emulator resumes without a restart.
    limit("unlimited");
    for (let count = 0; count < 3; count++) await create();
    await command.kill("SIGKILL");

    const restarted = await startEmulator({ data });
    onTestFinished(() => restarted.close());
    // No user that was refused exists.
    expect(restarted.service.users.map(({ id }) => id)).toEqual(acknowledged);
  },
);
