import { describe, expect, it } from "vitest";
import { openDataFile } from "../../src/emulator/data/dataFile.js";
import type { LogEntry } from "../../src/emulator/options.js";
import { createServiceCore, resetCore, type ServiceCore } from "../../src/testing/serviceCore.js";
import { restoreSnapshot, takeSnapshot } from "../../src/testing/snapshot.js";
import { addUser, nextUserId } from "../../src/testing/users.js";
import { SimulatedDisk, type Trouble } from "./simulatedDisk.js";

const path = "/data/state.jsonl";

interface Session {
  readonly core: ServiceCore;
  readonly log: LogEntry[];
  readonly close: () => Promise<void>;
}

async function open(disk: SimulatedDisk): Promise<Session> {
  const core = createServiceCore();
  const log: LogEntry[] = [];
  const close = await openDataFile(path, core, (entry) => void log.push(entry), disk.files, disk.lock);
  return { core, log, close };
}

/** The changes that the emulator has acknowledged. */
class Acknowledged {
  readonly users = new Set<string>();
  readonly deleted = new Set<string>();
  refused = 0;

  /** Changes the state and waits, as an answer does, until the change is saved. */
  async apply(core: ServiceCore, change: () => void, acknowledge: () => void): Promise<void> {
    change();
    await core.flush?.().then(acknowledge, () => {
      this.refused += 1;
    });
  }

  async addUser(core: ServiceCore): Promise<string> {
    const id = nextUserId(core);
    await this.apply(
      core,
      () => addUser(core, id),
      () => this.users.add(id),
    );
    return id;
  }

  async deleteUser(core: ServiceCore, id: string): Promise<void> {
    const user = core.state.user(id)?.number ?? 0;
    // From here on the user may or may not exist.
    this.users.delete(id);
    await this.apply(
      core,
      () => core.state.record({ type: "userDeleted", user }),
      () => this.deleted.add(id),
    );
  }

  /** Fails when an acknowledged user is lost or a deleted one is back. */
  async check(content: ReadonlyMap<string, Buffer>): Promise<void> {
    const disk = new SimulatedDisk(undefined, content);
    const { core, close } = await open(disk);
    const lost = [...this.users].filter((id) => !core.state.user(id));
    const back = [...this.deleted].filter((id) => core.state.user(id));
    expect({ lost, back }).toEqual({ lost: [], back: [] });
    await new Acknowledged().addUser(core);
    await close();
  }
}

/** Runs three clients at once, replaces the state with its own snapshot, and runs two more clients. */
async function work(core: ServiceCore, acknowledged: Acknowledged): Promise<void> {
  const client = async () => {
    for (let round = 0; round < 4; round++) {
      const id = await acknowledged.addUser(core);
      if (round % 2 === 0) await acknowledged.deleteUser(core, id);
    }
  };
  await Promise.all([client(), client(), client()]);
  await acknowledged.apply(
    core,
    () => restoreSnapshot(core, takeSnapshot(core)),
    () => {},
  );
  await Promise.all([client(), client()]);
}

/** Creates a data file that is rewritten when it is opened, because most of it is obsolete. */
async function bloatedDisk(): Promise<{ content: Map<string, Buffer>; users: string[] }> {
  const disk = new SimulatedDisk();
  const { core, close } = await open(disk);
  const acknowledged = new Acknowledged();
  for (let count = 0; count < 20; count++) await acknowledged.addUser(core);
  for (let count = 0; count < 1200; count++) {
    core.state.record({ type: "assignmentDeleted", tenantId: "t", objectId: "o" });
  }
  await core.flush?.();
  await close();
  return { content: disk.content(), users: [...acknowledged.users] };
}

async function run(disk: SimulatedDisk, acknowledged: Acknowledged): Promise<void> {
  const { core, close } = await open(disk);
  await work(core, acknowledged);
  await close();
}

const parts = [0, 0.5, 1];

describe("the data file", () => {
  it("keeps every acknowledged change at whatever step the process or the power fails", async () => {
    const { content, users } = await bloatedDisk();
    const whole = new SimulatedDisk(undefined, content);
    await run(whole, new Acknowledged());
    expect(whole.calls.filter((call) => call === "rename")).toHaveLength(2);
    let places = 0;
    let restarts = 0;
    for (let step = 1; step <= whole.steps; step++) {
      for (const part of parts) {
        const disk = new SimulatedDisk({ step, part, kind: "crash" }, content);
        const acknowledged = new Acknowledged();
        for (const id of users) acknowledged.users.add(id);
        await Promise.race([run(disk, acknowledged), disk.crashed]);
        const outcomes = disk.outcomes();
        for (const outcome of outcomes) await acknowledged.check(outcome);
        restarts += outcomes.length;
        places += 1;
      }
    }
    console.info(`${places} places of ${whole.steps} steps, ${restarts} restarts`);
    expect(places).toBeGreaterThan(200);
  });

  it("keeps every acknowledged change and recovers when any one step fails", async () => {
    const { content, users } = await bloatedDisk();
    const whole = new SimulatedDisk(undefined, content);
    await run(whole, new Acknowledged());
    let places = 0;
    for (let step = 1; step <= whole.steps; step++) {
      for (const part of parts) {
        const disk = new SimulatedDisk({ step, part, kind: "fail" }, content);
        const acknowledged = new Acknowledged();
        for (const id of users) acknowledged.users.add(id);
        const session = await open(disk).catch((error) => {
          expect(error).toMatchObject({ name: "DataFileError", problem: "notAccessible" });
        });
        if (session) {
          await work(session.core, acknowledged);
          const before = acknowledged.refused;
          await acknowledged.addUser(session.core);
          await acknowledged.addUser(session.core);
          expect(acknowledged.refused).toBeLessThanOrEqual(before + 1);
          await session.close().catch(() => {});
        }
        expect(disk.locked.size).toBe(0);
        for (const outcome of disk.outcomes()) await acknowledged.check(outcome);
        places += 1;
      }
    }
    expect(places).toBeGreaterThan(200);
  });

  it("rejects changes while the disk is full, and resumes afterwards", async () => {
    const { content, users } = await bloatedDisk();
    const whole = new SimulatedDisk(undefined, content);
    await run(whole, new Acknowledged());
    const { usedBytes } = whole;
    let places = 0;
    for (let room = 0; room < usedBytes; room += 20) {
      const disk = new SimulatedDisk(undefined, content);
      const acknowledged = new Acknowledged();
      for (const id of users) acknowledged.users.add(id);
      const { core, close } = await open(disk);
      disk.capacity = disk.usedBytes + room;
      await work(core, acknowledged);
      await acknowledged.check(disk.content("powerLost"));
      disk.capacity = Number.POSITIVE_INFINITY;
      const { refused } = acknowledged;
      await acknowledged.addUser(core);
      await acknowledged.check(disk.content("powerLost"));
      expect(acknowledged.refused).toBe(refused);
      await close();
      // The state includes the rejected changes, which are now saved with the rest.
      const { core: again } = await open(new SimulatedDisk(undefined, disk.content()));
      expect(takeSnapshot(again)).toEqual(takeSnapshot(core));
      if (refused > 0) places += 1;
    }
    console.info(`full at ${places} different numbers of bytes`);
    expect(places).toBeGreaterThan(200);
  });

  it("closes on a full disk without an error, logs the failure and releases its lock", async () => {
    const disk = new SimulatedDisk();
    const { core, log, close } = await open(disk);
    disk.capacity = disk.usedBytes;
    addUser(core, nextUserId(core));
    await expect(core.flush?.()).rejects.toThrow("ENOSPC");
    await close();
    expect(log.at(-1)).toMatchObject({ level: "error", message: expect.stringContaining("ENOSPC") });
    await expect(core.flush?.()).rejects.toThrow("closed");
    disk.capacity = Number.POSITIVE_INFINITY;
    await (await open(disk)).close();
  });

  it("never contains half of a reset or a restore", async () => {
    const acknowledged = new Acknowledged();
    const first = new SimulatedDisk();
    const session = await open(first);
    for (let count = 0; count < 10; count++) await acknowledged.addUser(session.core);
    const snapshot = takeSnapshot(session.core);
    await session.close();
    const change = async (disk: SimulatedDisk) => {
      const { core } = await open(disk);
      restoreSnapshot(core, snapshot);
      await core.flush?.();
      resetCore(core);
      addUser(core, nextUserId(core));
      await core.flush?.();
    };
    const whole = new SimulatedDisk(undefined, first.content());
    await change(whole);
    for (let step = 1; step <= whole.steps; step++) {
      const trouble: Trouble = { step, part: 0.5, kind: "crash" };
      const disk = new SimulatedDisk(trouble, first.content());
      await Promise.race([change(disk), disk.crashed]);
      const { core } = await open(new SimulatedDisk(undefined, disk.content()));
      expect([1, 10]).toContain(core.state.userCount);
    }
  });
});
