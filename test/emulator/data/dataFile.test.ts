import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, type LogEntry, startEmulator } from "../../../src/emulator/index.js";
import { snapshotContent } from "../../helpers/snapshotContent.js";
import { temporaryFolder } from "../../helpers/temporaryFolder.js";
import { ask, deleteUser, makeToken, makeUser } from "../../testing/ask.js";
import { type Command, startCommand } from "../command.js";
import { killUnderLoad } from "./killUnderLoad.js";

const folder = temporaryFolder(afterAll);

let data: string;
let count = 0;
const open: Emulator[] = [];
beforeEach(() => {
  data = join(folder, `data-${++count}`);
});
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

async function start(options: Parameters<typeof startEmulator>[0] = {}): Promise<Emulator> {
  const emulator = await startEmulator({ data, ...options });
  open.push(emulator);
  return emulator;
}

describe("a data file", () => {
  it.skipIf(process.platform === "win32")(
    "is accessible to its owner only, since it contains secrets of Entra applications (Windows has no modes)",
    async () => {
      await start();
      expect(statSync(data).mode & 0o777).toBe(0o600);
    },
  );

  it("decides which users of the options exist until a reset, and the log says so", async () => {
    const [alice, bob] = [{ id: "8:acs:00ac5000-1de4-4717-8000-0000000000f5_alice" }, { customId: "bob" }];
    const first = await start({ users: [alice, bob] });
    const token = await makeToken(first.service, alice.id);
    await deleteUser(first.service, alice.id);
    await first.close();

    const log: LogEntry[] = [];
    const users = [alice, bob, { customId: "carol" }, {}];
    const { service } = await start({ users, onLog: (entry) => log.push(entry) });
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
    const log: LogEntry[] = [];
    const { service, url } = await start({ onLog: (entry) => log.push(entry) });
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
    expect(readFileSync(data, "utf8")).toContain("Alice");
    expect(log).toContainEqual({ level: "error", message: expect.stringContaining("objectId") });
    expect(() => entra.setUser(wrong)).toThrow(TypeError);
    service.reset();
    await makeUser(service);
    expect(service.users).toHaveLength(1);
  });

  it.skipIf(process.platform === "win32").each<[string, () => void]>([
    ["deleted", () => rmSync(data)],
    ["shortened", () => truncateSync(data, 10)],
  ])(
    "that another program %s under 16 clients, five times, loses nothing (Windows keeps the name of an open file)",
    async (_, damage) => {
      const log: LogEntry[] = [];
      const first = await start({ onLog: (entry) => log.push(entry) });
      const acknowledged: string[] = [];
      const client = async () => {
        while (acknowledged.length < 600) acknowledged.push(await makeUser(first.service));
      };
      const clients = Array.from({ length: 16 }, client);
      for (let round = 1; round <= 5; round++) {
        while (acknowledged.length < round * 100) await new Promise((resolve) => setImmediate(resolve));
        damage();
      }
      await Promise.all(clients);
      const copy = readFileSync(data);
      await first.close();
      writeFileSync(data, copy);
      const { service } = await start();
      const ids = service.users.map(({ id }) => id);
      expect(ids.sort()).toEqual(acknowledged.sort());
      const warning = `${data}: another program deleted or changed this file. Everything is saved again`;
      expect(log.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual(
        Array.from({ length: 5 }, () => warning),
      );
    },
  );

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

  it("loses only its last record when that is cut off, and the emulator logs it", async () => {
    const first = await start();
    const kept = await makeUser(first.service);
    await makeUser(first.service);
    await first.close();
    const bytes = readFileSync(data);
    writeFileSync(data, bytes.subarray(0, bytes.length - 5));
    const log: LogEntry[] = [];
    const second = await start({ onLog: (entry) => log.push(entry) });
    const later = await makeUser(second.service);
    await second.close();
    expect(readFileSync(data, "utf8").endsWith("\n")).toBe(true);
    const { service } = await start();
    const ids = snapshotContent(service).events.flatMap((event) =>
      event.type === "userCreated" ? [event.id] : [],
    );
    expect(ids).toEqual([kept, later]);
    expect(log.map(({ message }) => message).join()).toMatch(/ignored \d+ bytes/);
    expect(log.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  const newKey = '{"type":"accessKeyRegenerated","keyType":"primary","key":"AAAA","upTo":0,"at":1}';

  describe("that is damaged", () => {
    it.each([
      [
        "a byte changed in the middle",
        (text: string) => text.replace('"type":"userCreated"', '"type":"userCreatex"'),
      ],
      ["a line without its end", (text: string) => text.replace(/\}\n(\{"type":"userCreated")/g, "$1")],
      ["a corrupt last line", (text: string) => `${text.slice(0, -9)}xxxxxxxx\n`],
      ["an invalid number", (text: string) => text.replace('"user":1', '"user":-1')],
      ["a key that isn't base64", (text: string) => `${text}${newKey.replace("AAAA", "%")}\n`],
      ["an unknown member", (text: string) => text.replace('"user":1', '"user":1,"more":1')],
      ["the content of another file", () => "# a README\n"],
      ["no complete line", () => "something"],
      ["zeros", () => "\0".repeat(5000)],
      ["a secret in a line that isn't JSON", (text: string) => `${text}c2VjcmV0\n`],
    ])("is rejected and left unchanged: %s", async (_, damage) => {
      const first = await start();
      await makeUser(first.service);
      await makeUser(first.service);
      await first.close();
      const damaged = damage(readFileSync(data, "utf8"));
      writeFileSync(data, damaged);
      await expect(start()).rejects.toMatchObject({ name: "DataFileError", problem: "damaged", file: data });
      const error: Error = await start().catch((reason) => reason);
      expect(error.message, "also the second time").toContain(`${data}: damaged in line `);
      expect(error.message, "JSON.parse quotes what it can't read").not.toContain("c2VjcmV0");
      expect(readFileSync(data, "utf8")).toBe(damaged);
    });
  });

  it.each([
    ["UTF-8", (text: string) => Buffer.from(text)],
    ["UTF-16", (text: string) => Buffer.from(text, "utf16le")],
    ["UTF-16", (text: string) => Buffer.from(text, "utf16le").swap16()],
  ])("is rejected with the byte order mark of %s, by name", async (name, encode) => {
    await (await start()).close();
    const marked = encode(`\ufeff${readFileSync(data, "utf8")}`);
    writeFileSync(data, marked);
    await expect(start()).rejects.toThrow(
      `damaged in line 1: it begins with the byte order mark of ${name}. Save it as UTF-8 without one. The file was left unchanged: correct the line, or move the file away`,
    );
    expect(readFileSync(data)).toEqual(marked);
  });

  it.each(["NUL", "con.jsonl", "Com1", "CONIN$", "lpt³ .txt", "aux:x"])(
    "can't have the name of a device on Windows: %s",
    async (name) => {
      const own = process.platform;
      Object.defineProperty(process, "platform", { value: "win32" });
      try {
        await expect(startEmulator({ data: join(folder, name) })).rejects.toMatchObject({
          problem: "notAccessible",
          message: expect.stringContaining("Windows keeps this name for a device"),
        });
      } finally {
        Object.defineProperty(process, "platform", { value: own });
      }
      expect(existsSync(join(folder, name))).toBe(false);
    },
  );

  it("may have the line ends of Windows, as an editor writes them", async () => {
    const first = await start();
    const id = await makeUser(first.service);
    await first.close();
    writeFileSync(data, readFileSync(data, "utf8").replaceAll("\n", "\r\n"));
    expect((await start()).service.users).toMatchObject([{ id }]);
  });

  it("may lack the last line end, which some editors remove", async () => {
    const first = await start();
    const ids = [await makeUser(first.service), await makeUser(first.service)];
    await first.close();
    writeFileSync(data, readFileSync(data, "utf8").trimEnd());
    const second = await start();
    ids.push(await makeUser(second.service));
    await second.close();
    expect((await start()).service.users.map(({ id }) => id)).toEqual(ids);
  });

  it("is rejected when it belongs to another resource", async () => {
    await (await start()).close();
    const resourceId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
    await expect(start({ resourceId })).rejects.toMatchObject({ problem: "otherResource" });
  });

  it("is rejected in a folder that doesn't exist", async () => {
    await expect(startEmulator({ data: join(folder, "no", "folder") })).rejects.toMatchObject({
      problem: "notAccessible",
    });
  });
});

describe("two emulators on one data file", () => {
  let command: Command | undefined;
  afterEach(async () => {
    await command?.kill("SIGKILL");
  });

  it("can't run at once, in the same process or in two", async () => {
    const first = await start();
    // Windows doesn't distinguish capitals in a name.
    const otherSpelling =
      process.platform === "win32" ? data.toUpperCase() : data.replace(folder, `${folder}/.`);
    for (const name of [data, otherSpelling])
      await expect(startEmulator({ data: name })).rejects.toMatchObject({ problem: "inUse" });
    command = startCommand(["--data", data]);
    expect(await command.ended).toBe(4);
    // Nobody can read a locked file on Windows, not even who locked it.
    const holder =
      process.platform === "win32" ? "another emulator or program has" : `process ${process.pid}`;
    expect(command.err()).toContain(holder);
    await first.close();
    command = startCommand(["--data", data]);
    await command.ready();
  });

  it("can run one after the other when the first was killed", async () => {
    command = startCommand(["--data", data]);
    await command.ready();
    await expect(startEmulator({ data })).rejects.toMatchObject({ problem: "inUse" });
    await command.kill("SIGKILL");
    await start();
  });
});

const kills = Number(process.env.KILLS ?? 3);

it(`the emulator loses no acknowledged user when it is killed under load ${kills} times`, async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < kills; round++) {
    const command = startCommand(["--data", data, "--log-level", "error"]);
    acknowledged.push(...(await killUnderLoad(command, 100)));
  }
  const { service } = await start();
  const kept = new Set(snapshotContent(service).events.flatMap((event) => ("id" in event ? [event.id] : [])));
  expect(acknowledged.length).toBeGreaterThanOrEqual(100 * kills);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
});
