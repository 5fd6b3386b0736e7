import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataFile } from "../../../../src/emulator/data/dataFile.js";
import { createFake } from "../../../../src/testing/service/fake.js";
import {
  data,
  fileWith,
  folder,
  log,
  modeOf,
  start,
  text,
  useDataFile,
} from "../../../helpers/emulator/dataFile.js";
import { hasLinks } from "../../../helpers/emulator/hasLinks.js";
import { SimulatedDisk } from "../../../helpers/emulator/simulatedDisk.js";
import { snapshotContent } from "../../../helpers/snapshotContent.js";
import { ask, deleteUser, makeToken, makeUser } from "../../../helpers/testing/ask.js";

useDataFile();
const isWindows = process.platform === "win32";

describe("a data file", () => {
  it.skipIf(isWindows).each(["600", "604", "640", "602", "620", "610", "601"])(
    "with the mode %s is closed for other users, and the log says so (Windows has no modes)",
    async (mode) => {
      await fileWith(0);
      expect(modeOf(data)).toBe(0o600);
      chmodSync(data, Number.parseInt(mode, 8));
      await start();
      expect(modeOf(data)).toBe(0o600);
      const message = `${data}: other users could read or write this file. Now only its owner can`;
      const warnings = log.filter(({ level }) => level === "warn");
      expect(warnings).toEqual(mode === "600" ? [] : [{ level: "warn", message }]);
    },
  );

  describe.skipIf(process.getuid?.() !== 0)("of another user, which others can read (needs root)", () => {
    /** Starts as another user than the file's. */
    async function startAsAnother(folderMode: number): Promise<unknown> {
      await fileWith(2);
      rmSync(`${data}.lock`);
      chmodSync(folder, folderMode);
      chmodSync(data, 0o644);
      process.seteuid?.(65_534);
      try {
        return await start().catch((error: Error) => error);
      } finally {
        process.seteuid?.(0);
      }
    }

    it("is replaced by one of its own that only it can read", async () => {
      expect(await startAsAnother(0o777)).toMatchObject({ service: { users: [{}, {}] } });
      expect(statSync(data)).toMatchObject({ uid: 65_534, mode: 0o100_600 });
    });

    it("isn't used if the folder doesn't permit that", async () => {
      expect(String(await startAsAnother(0o1777))).toContain(
        `${data}: can't be used: other users can read or write it, and it can't be replaced (EPERM: `,
      );
      expect(statSync(data)).toMatchObject({ uid: 0, mode: 0o100_644 });
    });
  });

  it("keeps what it holds, and the log says how many users that are", async () => {
    const ids = await fileWith(2);
    const { service } = await start();
    expect(service.users.map(({ id }) => id)).toEqual(ids);
    expect(log).toEqual([{ level: "info", message: `${data}: 2 users` }]);
  });

  it("decides which users of the options exist until a reset, and the log says so", async () => {
    const [alice, bob] = [{ id: "8:acs:00ac5000-1de4-4717-8000-0000000000f5_alice" }, { customId: "bob" }];
    const first = await start({ users: [alice, bob] });
    const token = await makeToken(first.service, alice.id);
    await deleteUser(first.service, alice.id);
    await first.close();

    const { service } = await start({ users: [alice, bob, { customId: "carol" }, {}] });
    expect(service.users).toMatchObject([{ customId: "bob" }]);
    expect(await service.inspectToken(token)).toMatchObject({ problem: "userDeleted" });
    const message = `${data}: lacks 2 of the 4 users in the options, which count for a new file and for a reset`;
    expect(log).toContainEqual({ level: "warn", message });
    service.reset();
    await ask(service, { method: "GET", target: "/" });
    expect(service.users).toHaveLength(4);
    expect(await service.inspectToken(token)).toMatchObject({ problem: "revoked" });
  });

  it("has the changes that the program makes before its next request is answered", async () => {
    const { service, url } = await start();
    const { entra } = service;
    const objectId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
    const wrong = { objectId: "not a GUID", username: "bob@contoso.com" };
    entra.setUser({ objectId, username: "ann@contoso.com" });
    entra.setUser({ objectId, username: "ann@contoso.com", name: "Alice" });
    entra.setUser(wrong);
    expect(entra.users).not.toContainEqual(expect.objectContaining({ objectId }));
    const response = await fetch(`${url}/_emulator/entra`);
    expect((await response.json()).users).toContainEqual(
      expect.objectContaining({ objectId, name: "Alice" }),
    );
    expect(text()).toContain("Alice");
    expect(log).toContainEqual({ level: "error", message: expect.stringContaining("objectId") });
    expect(() => entra.setUser(wrong)).toThrow(TypeError);
    service.reset();
    await makeUser(service);
    expect(service.users).toHaveLength(1);
  });

  it("is rewritten on start when most of it is obsolete, and keeps valid tokens even if the clock is set forward", async () => {
    const first = await start();
    const token = await makeToken(first.service, await makeUser(first.service));
    await first.close();
    // The state keeps only a day's revocations.
    for (let hours = 1100; hours > 0; hours--) {
      const at = Date.now() - hours * 60 * 60 * 1000;
      appendFileSync(data, `${JSON.stringify({ type: "tokensRevoked", user: 1, upTo: 0, at })}\n`);
    }
    const grown = statSync(data).size;
    await (await start({ now: Date.now() + 2 * 24 * 60 * 60 * 1000 })).close();
    expect(statSync(data).size).toBeLessThan(grown / 10);
    const { service } = await start();
    expect(await service.inspectToken(token)).toMatchObject({ valid: true });
    expect(snapshotContent(service).events.filter(({ type }) => type === "tokenIssued")).toHaveLength(1);
  });

  it("refuses what needs a higher number than the highest that can be read, and restarts", async () => {
    await fileWith(1);
    writeFileSync(data, text().replace('"user":1', `"user":${Number.MAX_SAFE_INTEGER}`));
    for (let round = 0; round < 2; round++) {
      const { service, url, close } = await start();
      const response = await fetch(`${url}/_emulator/users`, { method: "POST" });
      expect([response.status, await response.json()]).toMatchObject([500, { error: { code: "NotSaved" } }]);
      const reply = await ask(service, { method: "POST", target: "/identities?api-version=2023-10-01" });
      expect(reply.status).toBe(500);
      expect(reply.headers.get("x-ms-emulator-diagnosis")).toContain("there is no higher number");
      service.reset();
      await close();
    }
  });
});

describe("the path of a data file", () => {
  it.each([
    ...["NUL", "con.jsonl", "Com1", "CONIN$", "conout$.x", "PRN", "lpt³ .txt", "LPT9", "aux:x"].map(
      (name) => [name, true],
    ),
    ...["console", "com10", "null.jsonl", "xaux", "lpt.jsonl", "state.con"].map((name) => [name, false]),
  ] as [string, boolean][])("%s is that of a device on Windows: %s", async (name, isDevice) => {
    const own = process.platform;
    Object.defineProperty(process, "platform", { value: "win32" });
    try {
      const { files, lock } = new SimulatedDisk();
      const opening = openDataFile(join(folder, name), createFake(), () => {}, files, lock);
      const message = expect.stringContaining("Windows keeps this name for a device");
      if (isDevice) await expect(opening).rejects.toMatchObject({ problem: "notAccessible", message });
      else await (await opening)();
    } finally {
      Object.defineProperty(process, "platform", { value: own });
    }
  });

  it("needs a folder that exists", async () => {
    const nowhere = start({ data: join(folder, "no", "folder") });
    await expect(nowhere).rejects.toMatchObject({ problem: "notAccessible", cause: { code: "ENOENT" } });
  });

  it.skipIf(!hasLinks)("may be a symbolic link, which is kept (needs symbolic links)", async () => {
    const link = join(folder, "link");
    writeFileSync(data, "");
    symlinkSync(data, link);
    const { service, close } = await start({ data: link });
    const user = await makeUser(service);
    service.reset();
    const kept = await makeUser(service);
    await close();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(text()).toContain(kept);
    expect(text()).not.toContain(user);
  });

  it.skipIf(!hasLinks)(
    "can't be a device, FIFO, folder or dangling link, and leaves them unchanged (needs symbolic links)",
    async () => {
      const path = (name: string) => join(folder, name);
      mkdirSync(path("folder"));
      symlinkSync(path("nothing"), path("link"));
      symlinkSync("/dev/null", path("device"));
      if (!isWindows) execFileSync("mkfifo", [path("fifo")]);
      for (const name of ["folder", "link", "device", "fifo"]) {
        const before = lstatSync(path(name), { throwIfNoEntry: false });
        await expect(start({ data: path(name) })).rejects.toMatchObject({ problem: "notAccessible" });
        const after = lstatSync(path(name), { throwIfNoEntry: false });
        expect([after?.mode, after?.ino]).toEqual([before?.mode, before?.ino]);
      }
      expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    },
  );

  it("can't have a hard link, which would keep the old content when the file is replaced", async () => {
    await fileWith(0);
    linkSync(data, join(folder, "other"));
    await expect(start()).rejects.toThrow("has more than one name");
  });

  it.skipIf(!hasLinks)(
    "has a temporary file beside it, of which a planted one is neither followed nor kept (needs symbolic links)",
    async () => {
      const victim = join(folder, "victim");
      writeFileSync(victim, "precious");
      symlinkSync(victim, `${data}.new`);
      await fileWith(0);
      expect(readFileSync(victim, "utf8")).toBe("precious");
      writeFileSync(`${data}.new`, "", { mode: 0o644 });
      const { service } = await start();
      service.reset();
      await makeUser(service);
      expect([lstatSync(data).isSymbolicLink(), modeOf(data)]).toEqual([false, 0o600]);
    },
  );
});
