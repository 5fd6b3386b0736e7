import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openDataFile } from "../../../../src/emulator/data/dataFile.js";
import type { LogEntry } from "../../../../src/emulator/options/options.js";
import { createFake, type Fake, resetFake } from "../../../../src/testing/service/fake.js";
import {
  checkSnapshot,
  restoreSnapshot,
  type SnapshotContent,
  takeSnapshot,
} from "../../../../src/testing/service/snapshot.js";
import { addUser } from "../../../../src/testing/service/users.js";
import type { Decision, Draft } from "../../../../src/testing/state/store.js";
import { InstantTimer } from "../../../helpers/emulator/instantTimer.js";
import { callsByPath, SimulatedDisk, type Trouble } from "../../../helpers/emulator/simulatedDisk.js";
import { timeLimit } from "../../../helpers/timeLimit.js";

const path = resolve("/data/state.jsonl");

interface Session {
  readonly fake: Fake;
  readonly log: LogEntry[];
  readonly timer: InstantTimer;
  readonly close: () => Promise<void>;
}

async function open(disk: SimulatedDisk): Promise<Session> {
  const fake = createFake();
  const log: LogEntry[] = [];
  const timer = new InstantTimer();
  const close = await openDataFile(path, fake, (entry) => void log.push(entry), disk.files, disk.lock, timer);
  return { fake, log, timer, close };
}

function add(fake: Fake, draft: Draft, customId = ""): void {
  addUser(fake, draft, fake.clock.time, { customId });
}

function namesIn({ state }: Fake): string[] {
  return [...state.users()].map(({ customId = "" }) => customId).sort();
}

/** What clients were told. Users have names, because the id of a user that was refused goes to the next one. */
class Told {
  /** The names of the users that exist, according to the answers. */
  readonly existing: Set<string>;
  /** The names of users for which there is no answer yet. */
  readonly unanswered = new Set<string>();
  refused = 0;
  #made = 0;

  constructor(existing: Iterable<string> = []) {
    this.existing = new Set(existing);
  }

  async create(fake: Fake): Promise<string> {
    this.#made += 1;
    const name = `user ${this.#made}`;
    if (await this.#change(fake, name, (draft) => add(fake, draft, name))) this.existing.add(name);
    this.#compare(fake, name);
    return name;
  }

  async delete(fake: Fake, name: string): Promise<void> {
    const remove = (draft: Draft) => {
      const user = fake.state.userByCustomId(name);
      if (user) draft.add({ type: "userDeleted", user: user.number });
    };
    if (await this.#change(fake, name, remove)) this.existing.delete(name);
    this.#compare(fake, name);
  }

  /** Returns whether the change was saved. */
  async #change(fake: Fake, name: string, decide: Decision<unknown>): Promise<boolean> {
    this.unanswered.add(name);
    try {
      await fake.store.change(decide);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ name: "NotSavedError" });
      this.refused += 1;
      return false;
    } finally {
      this.unanswered.delete(name);
    }
  }

  /** Fails if a read contradicts the answer. */
  #compare(fake: Fake, name: string): void {
    expect(fake.state.userByCustomId(name) !== undefined).toBe(this.existing.has(name));
  }

  /** Fails if the state that a start finds isn't the one of the answers. */
  async check(content: ReadonlyMap<string, Buffer>, place?: string): Promise<void> {
    const answered = (names: Iterable<string>) =>
      [...names].filter((name) => !this.unanswered.has(name)).sort();
    expect(answered(await namesAfterStart(content)), place).toEqual(answered(this.existing));
  }
}

const namesFound = new Map<string, Promise<string[]>>();

/** Returns the names that a start finds, which can create one more. Most failures leave what another one has left. */
function namesAfterStart(content: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const hash = createHash("sha256").update(process.platform);
  for (const [name, bytes] of content) hash.update(`\0${name}\0`).update(bytes);
  const key = hash.digest("base64");
  const names = namesFound.get(key) ?? start();
  namesFound.set(key, names);
  return names;

  async function start(): Promise<string[]> {
    const { fake, close } = await open(new SimulatedDisk(undefined, content));
    const found = namesIn(fake);
    await new Told().create(fake);
    await close();
    return found;
  }
}

/** Runs three clients at once, replaces the state with its own snapshot, and runs two more clients. */
async function work(fake: Fake, told: Told): Promise<void> {
  const client = async () => {
    await told.delete(fake, await told.create(fake));
    await told.create(fake);
  };
  await Promise.all([client(), client(), client()]);
  restoreSnapshot(fake, takeSnapshot(fake));
  await fake.store.settled();
  await Promise.all([client(), client()]);
}

/** The decision that replaces the state with a snapshot. */
function restoration(fake: Fake, snapshot: SnapshotContent): Decision<void> {
  const checking = checkSnapshot(fake, snapshot);
  let step = checking.next();
  while (!step.done) step = checking.next();
  return step.value;
}

/** What is on the disk at the start, which includes these users. */
interface Start {
  readonly content: ReadonlyMap<string, Buffer>;
  readonly users: readonly string[];
}

/** Creates a data file with so many users and, besides, so many lines that are obsolete. */
async function fileWith(used: number, obsolete: number): Promise<Start> {
  const disk = new SimulatedDisk();
  const { fake, close } = await open(disk);
  const users = Array.from({ length: used }, (_, number) => `early ${number}`);
  await fake.store.change((draft) => {
    for (const name of users) add(fake, draft, name);
    for (let count = 0; count < obsolete; count++) {
      draft.add({ type: "assignmentDeleted", tenantId: "t", objectId: "o" });
    }
  });
  await close();
  return { content: disk.content(), users };
}

const bloated = await fileWith(3, 1100);
const small = await fileWith(3, 0);

async function run(disk: SimulatedDisk, told: Told): Promise<void> {
  const { fake, close } = await open(disk);
  await work(fake, told);
  await close();
}

/**
 * Returns the calls at which something can fail: those of a run, and those that compact a file when it is opened. Each
 * has the number of its step.
 */
async function placesToFail(): Promise<
  readonly (Start & { readonly step: number; readonly call: string })[]
> {
  const [whole, opened] = [
    new SimulatedDisk(undefined, small.content),
    new SimulatedDisk(undefined, bloated.content),
  ];
  await run(whole, new Told());
  await open(opened);
  const places = [
    [small, whole],
    [bloated, opened],
  ] as const;
  return places.flatMap(([start, { calls }]) => {
    expect(calls.filter((call) => call === "rename")).toHaveLength(1);
    return calls.map((call, index) => ({ ...start, step: index + 1, call }));
  });
}

/** Lets the storage and the simulated disk behave as on another system until the test ends. */
function pretendToBeOn(platform: string): void {
  const own = process.platform;
  Object.defineProperty(process, "platform", { value: platform });
  onTestFinished(() => {
    Object.defineProperty(process, "platform", { value: own });
  });
}

describe.each([
  ["linux", [0, 0.5, 1]],
  ["win32", [0.5]],
])("the data file on %s", { timeout: timeLimit }, (platform, parts) => {
  beforeEach(() => pretendToBeOn(platform));

  it("keeps every acknowledged change at whatever step the process or the power fails", async () => {
    for (const { step, call, content, users } of await placesToFail()) {
      // Only of a write, a part can take effect.
      for (const part of new Set(parts.map((each) => (call === "write" ? each : Math.ceil(each))))) {
        const disk = new SimulatedDisk({ step, part, kind: "crash" }, content);
        const told = new Told(users);
        await Promise.race([run(disk, told), disk.crashed]);
        for (const outcome of disk.outcomes()) await told.check(outcome);
      }
    }
  });
});

describe("the data file", { timeout: timeLimit }, () => {
  it.each([
    ["EIO", 1, [0, 1], "linux"],
    ["EIO", 1, [1], "win32"],
    ["ENOSPC", 1, [0.5], "linux"],
    ["EBUSY", 12, [0], "linux"],
    ["EACCES", 1000, [0], "linux"],
  ])(
    "holds what clients were told when any step fails with %s, %i times, goes on afterwards, and leaves no file open (parts %j, on %s)",
    async (code, times, partsOfStep, platform) => {
      pretendToBeOn(platform);
      let refused = 0;
      for (const { step, call, content, users } of await placesToFail()) {
        if (times > 1 && !callsByPath.includes(call)) continue;
        for (const part of partsOfStep) {
          const disk = new SimulatedDisk({ step, part, kind: "fail", code, times }, content);
          const told = new Told(users);
          const session = await open(disk).catch((error) => {
            expect(error).toMatchObject({ name: "DataFileError", problem: "notAccessible" });
          });
          if (session) {
            await work(session.fake, told);
            for (const outcome of disk.outcomes()) await told.check(outcome);
            disk.mend();
            const before = told.refused;
            await told.create(session.fake);
            expect(told.refused).toBe(before);
            expect(namesIn(session.fake)).toEqual([...told.existing].sort());
            await session.close();
            refused += before;
          }
          expect(disk.locked.size, "locks that are left").toBe(0);
          expect(call === "close" || disk.open, `files that are left open, step ${step}, ${call}`).toBe(
            call === "close" || 0,
          );
          for (const outcome of disk.outcomes()) await told.check(outcome);
        }
      }
      // Another program that lets go of the file within seconds is never noticed.
      if (code === "EBUSY") expect(refused).toBe(0);
      else expect(refused).toBeGreaterThan(0);
    },
  );

  it("refuses changes while the disk is full, and goes on afterwards", async () => {
    const { content, users } = small;
    const whole = new SimulatedDisk(undefined, content);
    await run(whole, new Told());
    const { usedBytes } = whole;
    let places = 0;
    for (let room = 0; room < usedBytes; room += 20) {
      const disk = new SimulatedDisk(undefined, content);
      const told = new Told(users);
      const { fake, close } = await open(disk);
      disk.capacity = disk.usedBytes + room;
      await work(fake, told);
      for (const outcome of disk.outcomes()) await told.check(outcome);
      disk.capacity = Number.POSITIVE_INFINITY;
      const { refused } = told;
      await told.create(fake);
      expect(told.refused).toBe(refused);
      await close();
      for (const outcome of disk.outcomes()) await told.check(outcome);
      if (refused > 0) places += 1;
    }
    expect(places).toBeGreaterThan(50);
  });

  it("names the file and the reason when it refuses a change, and logs it", async () => {
    const disk = new SimulatedDisk();
    const { fake, log, close } = await open(disk);
    disk.capacity = disk.usedBytes;
    const message = `Nothing was changed: ${path} can't be written: ENOSPC: made up by a test`;
    await expect(fake.store.change((draft) => add(fake, draft))).rejects.toThrow(message);
    expect(log.at(-1)).toEqual({ level: "error", message });
    await close();
  });

  it("holds what clients were told when two steps in a row or nearly so fail", async () => {
    const toldBy = async (disk: SimulatedDisk) => {
      const { fake, log } = await open(disk);
      const told = new Told();
      await told.delete(fake, await told.create(fake));
      await told.create(fake);
      const reset = fake.store.change((draft) => resetFake(fake, draft));
      await reset.then(
        () => told.existing.clear(),
        () => {},
      );
      if (!log.at(-1)?.message.includes("a restart may find this change")) {
        for (const outcome of disk.outcomes()) await told.check(outcome, "after the reset");
      }
      await told.create(fake);
      return told;
    };
    const whole = new SimulatedDisk();
    await toldBy(whole);
    let refused = 0;
    for (let step = 1; step <= whole.steps; step++) {
      for (const part of [0, 1]) {
        for (const distance of [1, 2, 3, 4]) {
          const first: Trouble = { step, part, kind: "fail" };
          const disk = new SimulatedDisk([first, { step: step + distance, part: 0, kind: "fail" }]);
          const told = await toldBy(disk).catch((error) => {
            expect(error).toMatchObject({ name: "DataFileError" });
            return new Told();
          });
          for (const outcome of disk.outcomes()) await told.check(outcome, `${step} ${part} ${distance}`);
          refused += told.refused;
        }
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  describe("from which a refused change can't be removed", () => {
    /** Lets a change be written but not synced, and then nothing works. */
    async function refuse(disk: SimulatedDisk): Promise<Session & { readonly told: Told; message: string }> {
      const session = await open(disk);
      const told = new Told();
      const name = await told.create(session.fake);
      disk.failFrom("datasync", "EIO");
      await told.delete(session.fake, name);
      expect(told.refused).toBe(1);
      return { ...session, told, message: session.log.at(-1)?.message ?? "" };
    }

    it("says that a restart may find the change", async () => {
      const disk = new SimulatedDisk();
      const { message } = await refuse(disk);
      expect(message).toBe(
        `Nothing was changed, but a restart may find this change, unless a later one is saved before: ${path} can't be written: EIO: made up by a test`,
      );
      const { fake } = await open(new SimulatedDisk([], disk.content()));
      expect(fake.state.userCount).toBe(0);
    });

    it.each<[string, (session: Session & { readonly told: Told }) => Promise<unknown>]>([
      ["with the next change that works", ({ fake, told }) => told.create(fake)],
      ["when it is closed, if that works", ({ close }) => close()],
    ])("loses it %s", async (_, act) => {
      const disk = new SimulatedDisk();
      const session = await refuse(disk);
      disk.mend();
      await act(session);
      for (const outcome of disk.outcomes()) await session.told.check(outcome);
    });
  });

  it("can be closed on a full disk, releases its lock, and refuses changes from then on", async () => {
    const disk = new SimulatedDisk();
    const { fake, log, close } = await open(disk);
    disk.capacity = disk.usedBytes;
    fake.store.changeSoon((draft) => add(fake, draft));
    await close();
    expect(log.at(-1)).toMatchObject({ level: "error", message: expect.stringContaining("ENOSPC") });
    await expect(fake.store.change((draft) => add(fake, draft))).rejects.toThrow("closed");
    disk.capacity = Number.POSITIVE_INFINITY;
    await (await open(disk)).close();
  });

  it("is made although another program holds it for a moment", async () => {
    const whole = new SimulatedDisk();
    await (await open(whole)).close();
    const step = whole.calls.indexOf("rename") + 1;
    const disk = new SimulatedDisk({ step, part: 0, kind: "fail", code: "EBUSY", times: 12 });
    await (await open(disk)).close();
    expect(disk.content()).toEqual(whole.content());
  });

  it.each([
    ["", 1],
    ['{"type":"user', 2],
  ])(
    "is opened as it is, with a warning, if it can't be compacted and ends with %j",
    async (end, warnings) => {
      const { content, users } = bloated;
      const ended = [...content].map(
        ([name, bytes]) => [name, Buffer.concat([bytes, Buffer.from(end)])] as const,
      );
      const disk = new SimulatedDisk(undefined, new Map(ended));
      disk.fail("EPERM", "rename");
      const { fake, log, close } = await open(disk);
      expect(log).toContainEqual({
        level: "warn",
        message: expect.stringContaining("couldn't be compacted"),
      });
      expect(log.filter(({ level }) => level === "warn")).toHaveLength(warnings);
      const told = new Told(users);
      await told.create(fake);
      expect(told.refused).toBe(0);
      await close();
      for (const outcome of disk.outcomes()) await told.check(outcome);
    },
  );

  it.each([
    [20, 900],
    [1500, 1200],
  ])("isn't compacted when it is opened with %i users and %i obsolete lines", async (used, obsolete) => {
    const disk = new SimulatedDisk(undefined, (await fileWith(used, obsolete)).content);
    await (await open(disk)).close();
    expect(disk.calls).not.toContain("rename");
  });

  it.each<[string, (fake: Fake) => Decision<void>]>([
    ["reset", (fake) => (draft) => resetFake(fake, draft)],
    ["restore", (fake) => restoration(fake, takeSnapshot(fake))],
  ])(
    "lets other changes through when a %s is refused because another program reads the file",
    async (_, of) => {
      const disk = new SimulatedDisk();
      const { fake, close } = await open(disk);
      const told = new Told();
      await told.create(fake);
      disk.fail("EPERM", "rename");
      const decision = of(fake);
      fake.clock.advance({ hours: 1 });
      fake.faults.add({ status: 500 });
      const others = () => [fake.clock.state.offsetInMs, fake.faults.list(), fake.requestLog.revision];
      const before = others();
      await expect(fake.store.change(decision)).rejects.toMatchObject({ name: "NotSavedError" });
      expect(others(), "the clock, faults and requests").toEqual(before);
      expect([...disk.content().keys()]).toEqual([path]);
      await told.create(fake);
      expect(told.refused).toBe(0);
      await close();
      for (const outcome of disk.outcomes()) await told.check(outcome);
    },
  );
});
