import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Limit } from "../../src/store/permits.js";
import { openStore, type Store } from "../../src/store/store.js";
import { createRandom } from "../chaos/schedule.js";
import { emptyDatabase } from "../inProcess.js";

const alice = { issuer: "https://login.contoso.com", subject: "alice" };
const day = 86_400;
const longestPause = 900;
/** The limits that the service has: of a caller, of a caller who may call once a minute, and of the resource. */
const limits: readonly Limit[] = [
  { key: "caller", calls: 20, atOnce: 10, perSeconds: 60 },
  { key: "rare", calls: 1, atOnce: 1, perSeconds: 60 },
  { key: "acs", calls: 1000, atOnce: 50, perSeconds: 31 },
];

describe("a database whose clock jumps", () => {
  let store: Store;
  /** Moves the clock ahead, which is as if everything had happened earlier. */
  let move: (seconds: number) => Promise<void>;
  beforeEach(async () => {
    const database = await emptyDatabase();
    store = openStore(database);
    await store.schema.migrate();
    move = async (seconds) => {
      const by = `- make_interval(secs => ${seconds})`;
      await database.query(`UPDATE arrivals SET next_at = next_at ${by}`);
      await database.query(`UPDATE binding SET revoking_since = revoking_since ${by}`);
      await database.query(
        `UPDATE ledger SET created_at = created_at ${by}, touched_at = touched_at ${by}, revoked_at = revoked_at ${by}`,
      );
    };
  });
  afterEach(() => store.close());

  async function burst(limit: Limit): Promise<number> {
    for (let taken = 0; ; taken++) if ((await store.permits.take(limit)) !== undefined) return taken;
  }

  it.each(limits)("keeps $key within its limit, and nobody waits for longer than that", async (limit) => {
    const { calls, atOnce, perSeconds } = limit;
    const random = createRandom(calls);
    // The times are in seconds that have really passed, which the clock doesn't show.
    let now = 0;
    const taken: number[] = [];
    const jumps: number[] = [];
    for (let step = 0; step < 150; step++) {
      const dice = random();
      if (dice < 0.1) {
        jumps.push(now);
        await move((random() - 0.5) * 2 * ([1, 90, day][step % 3] ?? 0));
      } else if (dice < 0.3) {
        const seconds = (random() * perSeconds) / 2;
        now += seconds;
        await move(seconds);
      } else {
        const wait = await store.permits.take(limit);
        if (wait === undefined) taken.push(now);
        else expect(wait).toBeLessThanOrEqual(perSeconds + 1);
      }
      const isRecent = (time: number) => time > now - perSeconds;
      // Each jump may cost a burst, since the time that has passed meanwhile is unknown.
      const most = calls + jumps.filter(isRecent).length * atOnce;
      expect(taken.filter(isRecent).length).toBeLessThanOrEqual(most);
    }
    await move(perSeconds);
    const before = performance.now();
    const atLeast = await burst(limit);
    const due = ((performance.now() - before) / 1000) * (calls / perSeconds);
    expect(atLeast, "everything is as before").toBeGreaterThanOrEqual(atOnce);
    expect(atLeast).toBeLessThanOrEqual(atOnce + due + 1);
  });

  it.each([day, -day, 90, -90])("blocks no caller for longer than a pause after %i s", async (jump) => {
    const waits = { creating: 10, unanswered: longestPause };
    for (const [subject, longest] of Object.entries(waits)) {
      const caller = { ...alice, subject };
      for (let attempt = 0; attempt < 3; attempt++) {
        const id = randomUUID();
        await store.ledger.begin(id, caller);
        if (subject === "unanswered") await store.ledger.markUnanswered(id);
        await move(jump);
        expect(await store.ledger.findWaitInSeconds(caller, 10)).toBeLessThanOrEqual(longest);
        await move(longestPause);
      }
      expect(await store.ledger.begin(randomUUID(), caller)).toBe(true);
      await move(jump);
      expect(await store.ledger.startDeletion(caller, 10)).toEqual({ users: [] });
    }
  });

  it.each([day, -day])("leaves no token unrevoked and no entry unfinished after %i s", async (jump) => {
    await store.schema.bind("https://contoso.communication.azure.com");
    const callers = ["alice", "bob", "carol"].map((subject) => ({ ...alice, subject }));
    for (const caller of callers) {
      const id = randomUUID();
      await store.ledger.begin(id, caller);
      await store.ledger.settle(id, caller, `8:acs:1_${caller.subject}`);
      await move(jump);
    }
    const revoke = async (most: number) => {
      const { users } = await store.revocations.findUnrevoked();
      for (const { id } of users.slice(0, most)) await store.revocations.markRevoked(id);
      return users;
    };
    const [first] = await revoke(1);
    await move(jump);
    expect((await revoke(3)).length).toBeGreaterThanOrEqual(2);
    expect(await revoke(3)).toEqual([]);
    await store.ledger.retire(first?.id ?? "");
    const given = randomUUID();
    await store.ledger.begin(given, { ...alice, subject: "dave" });
    await move(jump);
    expect(await store.ledger.claimUnfinished(60)).toEqual({ ...first, state: "deleting" });
    expect(await store.ledger.giveUpCreations(60)).toEqual({ unanswered: [], neverSent: 1 });
  });
});
