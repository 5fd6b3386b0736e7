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

  it("create one user for each of 12 callers with 120 sign-ins, while ACS fails", async ({
    onTestFinished,
  }) => {
    const lab = await openLab(ground);
    onTestFinished(lab.close);
    const settings = { SHARE_OF_LIMITS: "1000", RECONCILE_AFTER_SECONDS: "1" };
    const instances = await startThree(lab, { ...settings, RECONCILE_AFTER_SECONDS: "120" });
    const { failNext } = lab.emulator.service;
    failNext({ operation: "createUser", drop: "after" });
    failNext({ operation: "createUser", status: 503 });
    failNext({ operation: "createUser", delayInMs: 50, times: 6 });
    failNext({ operation: "createUser", drop: "before" });
    failNext({ operation: "getToken", status: 500 });
    failNext({ operation: "getToken", delayInMs: 20, times: 20 });
    failNext({ operation: "getToken", drop: "after", times: 2 });
    const names = Array.from({ length: 12 }, (_, index) => `caller ${index}`);
    const tokens = await Promise.all(names.map(lab.signIn));
    const usersOfCallers = tokens.map(async (token) => {
      const calls = Array.from({ length: 10 }, (_, number) => getToken(instances, number, token));
      const replies = await Promise.all(calls);
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      return new Set(replies.map(({ body }) => body.user.communicationUserId));
    });
    for (const users of await Promise.all(usersOfCallers)) expect(users.size).toBe(1);
    const { entries } = await reconcileToTheEnd(lab, settings);
    expect(entries).toMatchObject({ current: 12, creating: 0, surplus: 0, deleting: 0 });
    const { users, entries: without } = await lab.unaccounted();
    expect(without).toEqual([]);
    // Each user that nobody can find has an `unanswered` entry.
    expect(users.length).toBeGreaterThan(0);
    expect(users.length).toBeLessThanOrEqual(entries.unanswered ?? 0);
  });

  it("keep the resource's limits together", async ({ onTestFinished }) => {
    let overruns = 0;
    const lab = await openLab(ground, {
      throttle: 0.05,
      onLog: ({ fields }) => {
        const { status } = (fields?.request ?? {}) as { status?: number };
        if (status === 429) overruns++;
      },
    });
    onTestFinished(lab.close);
    const instances = await startThree(lab, { SHARE_OF_LIMITS: "0.05" });
    const tokens = await Promise.all(Array.from({ length: 9 }, (_, index) => lab.signIn(`caller ${index}`)));
    // Three instances with a limit each would use up the resource's 50 calls after eleven seconds.
    const end = Date.now() + 14_000;
    const statuses = new Map<number, number>();
    const work = tokens.map(async (token, index) => {
      while (Date.now() < end) {
        const { status } = await call(instances[index % 3]?.url ?? "", "POST", "/token", token);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        await sleep(200);
      }
    });
    await Promise.all(work);
    expect(overruns).toBe(0);
    // The limit permits three calls at once, and then one every 0.65 seconds.
    expect(statuses.get(200)).toBeGreaterThan(8);
    expect(statuses.get(200)).toBeLessThanOrEqual(50);
    expect([...statuses.keys()].toSorted()).toEqual([200, 503]);
  });
});
