// What other programs, a full disk and the end of the process do to a data file under load.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../../src/index.js";
import { data, log, start, startProcess, useDataFile } from "../../../helpers/emulator/dataFile.js";
import { isHealthy } from "../../../helpers/emulator/rawSocket.js";
import { makeUser } from "../../../helpers/testing/ask.js";

const isWindows = process.platform === "win32";

useDataFile();

describe("a data file", () => {
  it.skipIf(isWindows).each<[string, () => void]>([
    ["deleted", () => rmSync(data)],
    ["shortened", () => truncateSync(data, 10)],
  ])(
    "that another program %s under 16 clients, three times, loses nothing (Windows keeps the name of an open file)",
    async (_, damage) => {
      const { service, close } = await start();
      const entries = log;
      const acknowledged: string[] = [];
      const client = async () => {
        while (acknowledged.length < 240) acknowledged.push(await makeUser(service));
      };
      const clients = Array.from({ length: 16 }, client);
      for (let round = 1; round <= 3; round++) {
        while (acknowledged.length < round * 60) await new Promise((resolve) => setImmediate(resolve));
        damage();
      }
      await Promise.all(clients);
      const copy = readFileSync(data);
      await close();
      writeFileSync(data, copy);
      const again = await start();
      expect(again.service.users.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
      const warning = `${data}: another program deleted or changed this file. Everything is saved again`;
      const warnings = entries.filter(({ level }) => level === "warn");
      expect(warnings.map(({ message }) => message)).toEqual(Array(3).fill(warning));
    },
  );

  it("loses no acknowledged user when the emulator is killed under load, three times", async () => {
    const acknowledged: string[] = [];
    for (let round = 1; round <= 3; round++) {
      const command = startProcess();
      const { connectionString } = await command.ready();
      const client = new CommunicationIdentityClient(connectionString, { retryOptions: { maxRetries: 0 } });
      // Under Wine, a connection to a killed process doesn't always end by itself.
      const ended = new AbortController();
      void command.ended.then(() => ended.abort());
      const createUsers = async () => {
        for (;;) {
          const { communicationUserId } = await client.createUser({ abortSignal: ended.signal });
          acknowledged.push(communicationUserId);
          if (acknowledged.length >= round * 100) command.process.kill("SIGKILL");
        }
      };
      await Promise.allSettled(Array.from({ length: 16 }, createUsers));
      await command.ended;
    }
    const kept = new Set((await start()).service.users.map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  });

  // A file size limit simulates a full disk: the write that reaches it is cut short, and later ones fail.
  it.skipIf(spawnSync("prlimit", ["--version"]).status !== 0)(
    "on a full disk loses no acknowledged user, and doesn't end the emulator (needs prlimit)",
    async () => {
      const command = startProcess();
      const { url, connectionString } = await command.ready();
      const limit = (size: string) => {
        const { status } = spawnSync("prlimit", [`--fsize=${size}`, "--pid", String(command.process.pid)]);
        expect(status).toBe(0);
      };
      const client = new CommunicationIdentityClient(connectionString, { retryOptions: { maxRetries: 0 } });
      const acknowledged: string[] = [];
      const create = async () => void acknowledged.push((await client.createUser()).communicationUserId);
      limit(`${16 * 1024}:unlimited`);
      let failures = 0;
      for (let count = 0; count < 1000 && failures < 5; count++) {
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
      // No user that was refused exists.
      expect((await start()).service.users.map(({ id }) => id)).toEqual(acknowledged);
    },
  );

  it("is rejected with a line of 64 MiB", async () => {
    await (await start()).close();
    const head = readFileSync(data);
    writeFileSync(data, Buffer.concat([head, Buffer.alloc(64 << 20, "x"), Buffer.from("\n")]));
    await expect(start()).rejects.toMatchObject({ problem: "damaged" });
  });
});
