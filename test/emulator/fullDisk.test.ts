import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type LogEntry, startEmulator } from "../../src/emulator/index.js";
import { ask } from "../testing/ask.js";

const sizeInKibibytes = 96;

/** Mounts a small in-memory file system. Returns undefined when that fails, since it needs root. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-small-disk-"));
  try {
    const options = ["-t", "tmpfs", "-o", `size=${sizeInKibibytes}k`, "tmpfs", folder];
    execFileSync("mount", options, { stdio: "ignore" });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

function unmount(folder: string): void {
  execFileSync("umount", ["--lazy", folder]);
  rmSync(folder, { recursive: true });
}

const probe = mountSmallDisk();
if (probe) unmount(probe);

it.skipIf(!probe)(
  "the emulator resumes writing when a full disk has room again, and survives one that stays full",
  async () => {
    const folder = mountSmallDisk();
    if (!folder) return;
    onTestFinished(() => unmount(folder));
    const data = join(folder, "state.jsonl");
    const filler = join(folder, "filler");
    const log: LogEntry[] = [];
    const { service, url, close } = await startEmulator({ data, onLog: (entry) => log.push(entry) });
    const acknowledged: string[] = [];
    const createUsers = async (count: number): Promise<number> => {
      let refused = 0;
      for (let user = 0; user < count; user++) {
        const reply = await ask(service, { method: "POST", target: "/identities?api-version=2023-10-01" });
        if (reply.status === 201) acknowledged.push(reply.body.identity.id);
        else refused += 1;
      }
      return refused;
    };
    writeFileSync(filler, Buffer.alloc(50 * 1024));
    expect(await createUsers(600)).toBeGreaterThan(100);
    rmSync(filler);
    expect(await createUsers(10)).toBe(0);
    // Fills the disk again, which leaves no room for the second file that a reset needs.
    expect(() => writeFileSync(filler, Buffer.alloc(sizeInKibibytes * 1024))).toThrow("ENOSPC");
    const before = service.users.length;
    const response = await fetch(`${url}/_emulator/reset`, { method: "POST" });
    expect([response.status, await response.json()]).toMatchObject([500, { error: { code: "NotSaved" } }]);
    expect(log.at(-1)).toMatchObject({ level: "error", message: expect.stringContaining("ENOSPC") });
    expect(service.users).toHaveLength(before);
    const { users } = await (await fetch(`${url}/_emulator/info`)).json();
    expect(users).toBe(before);
    await close();

    const kept = readFileSync(data, "utf8");
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
    rmSync(filler);
    const again = await startEmulator({ data });
    // No user that was refused exists.
    expect(again.service.users).toHaveLength(acknowledged.length);
    await again.close();
  },
);
