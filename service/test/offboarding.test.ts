import { afterEach, describe, expect, it, vi } from "vitest";
import type { Caller } from "../src/caller.js";
import { forEachItem, offboardPeople, type Progress, revokeEverybody } from "../src/offboarding.js";
import { type Running, start } from "./inProcess.js";

describe("a revocation of everybody's tokens", () => {
  let service: Running;
  afterEach(() => service.stop());

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
    await expect.poll(async () => (await service.store.revocations.findUnrevoked()).left).toBe(15);
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

describe("what is done for each item", () => {
  async function failuresOf(isWrong: (item: number) => boolean, options?: object): Promise<number[]> {
    async function* items() {
      yield* Array.from({ length: 30 }, (_, index) => index + 1);
    }
    const failed: number[] = [];
    const work = async (item: number) => {
      if (isWrong(item)) throw new Error("wrong");
    };
    await forEachItem(items(), work, (item) => failed.push(item), options);
    return failed;
  }

  it("goes on if only some fail, and not one after another", async () => {
    expect(await failuresOf((item) => item % 2 === 1, { atOnce: 1, failuresInARow: 2 })).toHaveLength(15);
    expect(await failuresOf((item) => item % 10 !== 0, { atOnce: 1 })).toHaveLength(27);
  });

  it("is left for later after ten failures in a row", async () => {
    expect(await failuresOf((item) => item > 3, { atOnce: 1 })).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect((await failuresOf(() => true)).length, "ten at once").toBeLessThan(20);
  });
});

it("what the limits remember of people goes, whether they have a user or not, and stays if their user does", async () => {
  const failure = new Error("down");
  const deleteUser = vi.fn(async ({ subject }: Caller) => {
    if (subject === "bob") throw failure;
    return subject === "carol" ? [] : [`8:acs:${subject}`];
  });
  const forget = vi.fn(async () => {});
  async function* subjects() {
    yield* ["alice", "bob", "carol"];
  }
  const onResult = vi.fn();
  await offboardPeople(
    { users: { deleteUser } as never, limits: { forget } },
    "issuer",
    subjects(),
    onResult,
  );
  expect(onResult.mock.calls).toEqual([
    ["alice", ["8:acs:alice"]],
    ["bob", [], failure],
    ["carol", []],
  ]);
  const forgotten = ["alice", "carol"].map((subject) => [{ issuer: "issuer", subject }]);
  expect(forget.mock.calls).toEqual(forgotten);
});
