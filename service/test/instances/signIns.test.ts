import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, type Reply } from "../inProcess.js";
import { noPostgres } from "../postgres.js";
import { type Ground, type Instance, type Lab, openLab, prepareGround, type Reconciliation } from "./lab.js";

describe.skipIf(noPostgres).concurrent(`three instances on one PostgreSQL${noPostgres}`, () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await prepareGround();
  });
  afterAll(async () => {
    await ground?.close();
  });

  async function startThree(lab: Lab, settings: Record<string, string>): Promise<Instance[]> {
    return Promise.all([1, 2, 3].map(() => lab.startInstance(settings)));
  }

  /** Retries a 503 when it says. After a creation that was unanswered, that takes a while. */
  async function getToken(instances: readonly Instance[], number: number, token: string): Promise<Reply> {
    for (let attempt = 0; ; attempt++) {
      const instance = instances[(number + attempt) % instances.length];
      const reply = await call(instance?.url ?? "", "POST", "/token", token);
      if (reply.status !== 503) return reply;
      await sleep(Number(reply.headers.get("Retry-After")) * 1000);
    }
  }

  /** A deletion that meets one of the faults that are left is finished by a later run. */
  async function reconcileToTheEnd(lab: Lab, settings: Record<string, string>): Promise<Reconciliation> {
    for (;;) {
      // Entries that were in use within the last second aren't claimed.
      await sleep(1_100);
      const reconciliation = await lab.reconcile(settings);
      if (reconciliation.failed === 0) return reconciliation;
    }
  }

  it("create one user for each of 40 callers with 400 sign-ins, while ACS fails", async () => {
    const lab = await openLab(ground);
    try {
      const { failNext } = lab.emulator.service;
      const instances = await startThree(lab, { SHARE_OF_LIMITS: "1000" });
      for (let round = 0; round < 4; round++) {
        failNext({ operation: "createUser", drop: "after" });
        failNext({ operation: "createUser", status: 503 });
        failNext({ operation: "createUser", delayInMs: 50, times: 6 });
        failNext({ operation: "createUser", drop: "before" });
        failNext({ operation: "getToken", status: 500 });
        failNext({ operation: "getToken", delayInMs: 20, times: 20 });
        failNext({ operation: "getToken", drop: "after", times: 2 });
        failNext({ operation: "deleteUser", status: 503, times: 2 });
        failNext({ operation: "deleteUser", drop: "after" });
      }
      const tokens = await Promise.all(
        Array.from({ length: 40 }, (_, index) => lab.signIn(`caller ${index}`)),
      );
      const replies = await Promise.all(
        Array.from({ length: 400 }, (_, index) =>
          getToken(instances, Math.floor(index / 40), tokens[index % 40] ?? ""),
        ),
      );
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      for (let caller = 0; caller < 40; caller++) {
        const ids = replies
          .filter((_, index) => index % 40 === caller)
          .map(({ body }) => body.user.communicationUserId);
        expect(new Set(ids).size).toBe(1);
      }
      const { entries } = await reconcileToTheEnd(lab, {
        RECONCILE_AFTER_SECONDS: "1",
        SHARE_OF_LIMITS: "1000",
      });
      expect(entries).toMatchObject({ current: 40, creating: 0, surplus: 0, deleting: 0 });
      const { users, entries: without } = await lab.unaccounted();
      expect(without).toEqual([]);
      // Each user that nobody can find has an `unanswered` entry.
      expect(users.length).toBeGreaterThan(0);
      expect(users.length).toBeLessThanOrEqual(entries.unanswered ?? 0);
    } finally {
      await lab.close();
    }
  });

  it("keep the resource's limits together", async () => {
    let overruns = 0;
    const lab = await openLab(ground, {
      throttle: 0.05,
      onLog: ({ fields }) => {
        const { status } = (fields?.request ?? {}) as { status?: number };
        if (status === 429) overruns++;
      },
    });
    try {
      const instances = await startThree(lab, { SHARE_OF_LIMITS: "0.05" });
      const tokens = await Promise.all(
        Array.from({ length: 9 }, (_, index) => lab.signIn(`caller ${index}`)),
      );
      const end = Date.now() + 36_000;
      const statuses = new Map<number, number>();
      const work = tokens.map(async (token, index) => {
        while (Date.now() < end) {
          const { status, headers } = await call(instances[index % 3]?.url ?? "", "POST", "/token", token);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 503) expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
          await sleep(300);
        }
      });
      await Promise.all(work);
      expect(overruns).toBe(0);
      // Three at once, and then one every 0.65 seconds.
      expect(statuses.get(200)).toBeGreaterThan(20);
      expect(statuses.get(200)).toBeLessThanOrEqual(100);
      expect([...statuses.keys()].toSorted()).toEqual([200, 503]);
    } finally {
      await lab.close();
    }
  });
});
