import { afterEach, describe, expect, it, vi } from "vitest";
import { timeLimit } from "../../test/helpers/timeLimit.js";
import { type Caller, pseudonymOf } from "../src/caller.js";
import {
  type OffboardingResult,
  offboardPeople,
  type Progress,
  revokeEverybody,
  undoOffboarding,
} from "../src/offboarding.js";
import { apiClientId, objectIdOf, type Running, start, userIds } from "./inProcess.js";

describe("a revocation of everybody's tokens", () => {
  let service: Running;
  afterEach(() => service.stop());

  async function issueTokens(count: number): Promise<string[]> {
    const calls = Array.from({ length: count }, async (_, index) => {
      const { body } = await service.call("POST", "/token", await service.signIn(`caller ${index}`));
      return body.token as string;
    });
    return Promise.all(calls);
  }

  const revoked = () =>
    service.emulator.service.requests.filter(({ operation }) => operation === "revokeTokens").length;

  it("goes on after being killed, and then begins anew", { timeout: timeLimit }, async () => {
    service = await start();
    const tokens = await issueTokens(25);
    const parts = service.openParts();
    const kill = ({ left }: Progress) => {
      if (left < 25) throw new Error("killed");
    };
    await expect(revokeEverybody(parts, kill)).rejects.toThrow("killed");
    // Revocations that were in progress aren't killed with it.
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
    await issueTokens(8);
    // The limit permits five at once, and the fault of one isn't a fault of all.
    service.emulator.service.failNext({ operation: "revokeTokens", status: 400 });
    const parts = service.openParts();
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 7, left: 1 });
    expect(service.log).toContainEqual(expect.objectContaining({ msg: "A user's tokens weren't revoked" }));
    expect(await revokeEverybody(parts, () => {})).toEqual({ revoked: 1, left: 0 });
  });
});

describe("an offboarding of people", () => {
  it("writes before it deletes, and goes on with the others if one fails", async () => {
    const failure = new Error("down");
    const steps: string[] = [];
    const deleteUser = async ({ subject }: Caller, _: AbortSignal, waits = true) => {
      steps.push(`delete ${subject}${waits ? " once created" : ""}`);
      if (subject === "bob") throw failure;
      return subject === "carol" ? [] : [`8:acs:${subject}`];
    };
    const forget = async ({ subject }: Caller) => void steps.push(`forget ${subject}`);
    const add = async ({ subject }: Caller) => {
      steps.push(`add ${subject}`);
      return new Date("2026-12-01");
    };
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const parts = { users: { deleteUser }, limits: { forget }, store: { offboarded: { add } as never }, log };
    async function offboard(keepsAccess: boolean) {
      async function* subjects() {
        yield* ["alice", "bob", "carol"];
      }
      const onResult = vi.fn();
      await offboardPeople(parts, "issuer", subjects(), keepsAccess, onResult);
      expect(onResult.mock.calls).toEqual([
        [{ subject: "alice", deleted: ["8:acs:alice"] }],
        [{ subject: "bob", deleted: [], failure }],
        [{ subject: "carol", deleted: [] }],
      ]);
      return steps.splice(0).toSorted();
    }
    expect(await offboard(false)).toEqual([
      "add alice",
      "add bob",
      "add carol",
      "delete alice",
      "delete bob",
      "delete carol",
      "forget alice",
      "forget carol",
    ]);
    const pseudonyms = ["alice", "bob", "carol"].map((subject) => pseudonymOf({ issuer: "issuer", subject }));
    expect(log.info.mock.calls).toEqual(
      pseudonyms.map((caller) => [
        { caller, since: new Date("2026-12-01") },
        "Offboarded: this person gets no token until offboard --undo. The ledger keeps the pseudonym, by which it refuses them",
      ]),
    );
    log.info.mockClear();
    expect(await offboard(true)).toEqual([
      "delete alice once created",
      "delete bob once created",
      "delete carol once created",
      "forget alice",
      "forget carol",
    ]);
    expect(log.info, "an erasure leaves nothing").not.toHaveBeenCalled();
  });

  const refused = { status: 403, code: "offboarded" };
  const subject = objectIdOf("alice");
  let service: Running;
  afterEach(() => service?.stop());
  async function offboard(keepsAccess = false): Promise<readonly string[]> {
    const issuer = `${service.emulator.url}/${service.emulator.service.entra.tenantId}/v2.0`;
    const results: OffboardingResult[] = [];
    async function* subjects() {
      yield subject;
    }
    const parts = service.openParts();
    await offboardPeople(parts, issuer, subjects(), keepsAccess, (result) => void results.push(result));
    const [{ deleted = [], failure } = {}] = results;
    if (failure) throw failure;
    return deleted;
  }

  it("is final, for every route and with a user or without, until it is undone", async () => {
    service = await start();
    const alice = await service.signIn("alice");
    expect(await offboard(), "without a user").toEqual([]);
    for (const [method, path] of [
      ["POST", "/token"],
      ["POST", "/token/teams"],
      ["POST", "/revoke"],
      ["DELETE", "/user"],
    ] as const) {
      expect((await service.call(method, path, alice)).body, path).toMatchObject(refused);
    }
    expect(userIds(service.emulator)).toEqual([]);
    expect((await service.call("POST", "/token", await service.signIn("bob"))).status).toBe(200);
    const issuer = `${service.emulator.url}/${service.emulator.service.entra.tenantId}/v2.0`;
    const caller = pseudonymOf({ issuer, subject });
    expect(service.log).toContainEqual(expect.objectContaining({ caller, since: expect.any(String) }));
    expect(service.log).toContainEqual(expect.objectContaining({ caller, code: "offboarded" }));
    async function* subjects() {
      yield subject;
    }
    await undoOffboarding(service.openParts(), issuer, subjects(), () => {});
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
    expect(await offboard(true), "with --keep-access").toHaveLength(1);
    expect((await service.call("POST", "/token", alice)).status).toBe(200);
  });

  it.each([
    ["a first user is created", "/token", "createUser"],
    ["a token is issued", "/token", "getToken"],
    ["a Teams user's token is exchanged", "/token/teams", "getTokenForTeamsUser"],
  ] as const)("refuses a request in flight in which %s", async (_, path, operation) => {
    service = await start();
    const alice = await service.signIn("alice");
    if (operation === "getToken") await service.call("POST", "/token", alice);
    const teamsUser = { clientId: apiClientId, userObjectId: subject };
    const teamsToken = await service.emulator.service.createTeamsUserToken(teamsUser);
    service.emulator.service.failNext({ operation, delayInMs: 1_500 });
    const reply = service.call("POST", path, alice, { "Teams-User-Aad-Token": teamsToken });
    const faults = async () => (await fetch(`${service.emulator.url}/_emulator/faults`)).json();
    await expect.poll(faults).toEqual({ faults: [] });
    await offboard();
    expect((await reply).body).toMatchObject(refused);
    await service.openParts().reconciler.run();
    const states = await service.store.ledger.countByState();
    expect([states.current, states.creating]).toEqual([0, 0]);
  });

  it("refuses a request in flight whose token was issued before", async () => {
    let isOffboarding: Promise<unknown> | undefined;
    service = await start(undefined, {
      wrap: (database) => ({
        ...database,
        query: async (text, values) => {
          // `has` is the last query before the answer.
          if (text.startsWith("SELECT FROM offboarded")) {
            isOffboarding ??= offboard();
            await isOffboarding;
          }
          return database.query(text, values);
        },
      }),
    });
    expect((await service.call("POST", "/token", await service.signIn("alice"))).body).toMatchObject(refused);
    expect(userIds(service.emulator)).toEqual([]);
  });
});
