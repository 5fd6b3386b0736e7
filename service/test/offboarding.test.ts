import { afterEach, describe, expect, it } from "vitest";
import { forEachItem, offboardPeople, type Progress, revokeEverybody } from "../src/offboarding.js";
import { objectIdOf, type Running, sharedDatabase, start, usersOf } from "./inProcess.js";

let service: Running;
afterEach(() => service.stop());

describe("a revocation of everybody's tokens", () => {
  async function tokensOf(count: number): Promise<string[]> {
    const calls = Array.from({ length: count }, async (_, index) => {
      const { body } = await service.call("POST", "/token", await service.signIn(`caller ${index}`));
      return body.token as string;
    });
    return Promise.all(calls);
  }

  const revoked = () =>
    service.emulator.service.requests.filter(({ operation }) => operation === "revokeTokens").length;

  it("goes on after being killed, and then begins anew", async () => {
    service = await start();
    const tokens = await tokensOf(25);
    const parts = service.openParts();
    const kill = ({ left }: Progress) => {
      if (left < 25) throw new Error("killed");
    };
    await expect(revokeEverybody(parts, kill)).rejects.toThrow("killed");
    // Those that were in progress aren't killed with it.
    await expect.poll(async () => (await service.store.findUnrevoked()).left).toBe(15);
    expect(revoked()).toBe(10);
    const progress: Progress[] = [];
    const result = await revokeEverybody(parts, (each) => progress.push(each));
    expect(result).toEqual({ revoked: 15, left: 0 });
    expect(progress.map(({ left }) => left)).toEqual([15, 5, 0]);
    expect(progress.at(-1)).toEqual(result);
    expect(revoked()).toBe(25);
    for (const token of tokens) {
      expect(await service.emulator.service.inspectToken(token)).toMatchObject({ problem: "revoked" });
    }
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 25, left: 0 });
  });

  it("keeps the resource's limit, and leaves what fails for the next time", async () => {
    service = await start({ SHARE_OF_LIMITS: "0.2" });
    await tokensOf(8);
    // Five at once, and the fault of one isn't a fault of all.
    service.emulator.service.failNext({ operation: "revokeTokens", status: 400 });
    const parts = service.openParts();
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 7, left: 1 });
    expect(service.log).toContainEqual(expect.objectContaining({ msg: "A user's tokens weren't revoked" }));
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 1, left: 0 });
  });
});

describe("people who leave", () => {
  async function offboard(
    names: readonly string[],
  ): Promise<Record<"deleted" | "unknown" | "failed", number>> {
    const counts = { deleted: 0, unknown: 0, failed: 0 };
    async function* subjects() {
      yield* names.map(objectIdOf);
    }
    const { url, service: acs } = service.emulator;
    const issuer = `${url}/${acs.entra.tenantId}/v2.0`;
    await offboardPeople(service.openParts(), issuer, subjects(), (_, deleted, failure) => {
      counts[failure ? "failed" : deleted.length > 0 ? "deleted" : "unknown"]++;
    });
    return counts;
  }
  const names = Array.from({ length: 30 }, (_, index) => `person ${index}`);

  it("are gone within the resource's limit, and what failed can be repeated with the same ids", async () => {
    service = await start({ SHARE_OF_LIMITS: "0.4" });
    for (const name of names) {
      const caller = await service.signIn(name);
      // On a busy machine a creation may be refused for a moment.
      await expect.poll(async () => (await service.call("POST", "/token", caller)).status).toBe(200);
    }
    const other = await service.call("POST", "/token", await service.signIn("somebody else"));
    service.emulator.service.failNext({ operation: "deleteUser", status: 400 });
    expect(await offboard(names)).toEqual({ deleted: 29, unknown: 0, failed: 1 });
    expect(service.log, "nobody else's calls are refused for long").not.toContainEqual({ level: 50 });
    expect(await offboard([...names, "a stranger"])).toEqual({ deleted: 1, unknown: 30, failed: 0 });
    expect(usersOf(service.emulator)).toEqual([other.body.user.communicationUserId]);
    const { rows } = await (await sharedDatabase()).query(
      "SELECT key FROM arrivals WHERE key LIKE 'caller:%'",
    );
    expect(rows, "of the one who stays").toHaveLength(1);
    const overruns = service.emulator.service.requests.filter(({ status }) => status === 429);
    expect(overruns).toEqual([]);
  });

  it("are left for later if nothing succeeds", async () => {
    service = await start();
    for (const name of names) await service.call("POST", "/token", await service.signIn(name));
    service.emulator.service.failNext({ operation: "revokeTokens", status: 400, times: 1_000 });
    const { deleted, failed } = await offboard(names);
    expect(deleted).toBe(0);
    expect(failed).toBeLessThan(names.length);
  });

  it("are all tried if only some fail, and not one after another", async () => {
    service = await start();
    async function* items() {
      yield* [1, 2, 3, 4, 5, 6];
    }
    const failed: number[] = [];
    const work = async (item: number) => {
      if (item % 2 === 1) throw new Error("odd");
    };
    await forEachItem(items(), work, (item) => failed.push(item), { atOnce: 1, failuresInARow: 2 });
    expect(failed).toEqual([1, 3, 5]);
  });
});
