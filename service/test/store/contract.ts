import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/store/database.js";
import { migrationTo } from "../../src/store/migrations.js";
import { openStore, type Store } from "../../src/store/store.js";

const alice = { issuer: "https://login.contoso.com", subject: "alice" };
const bob = { issuer: "https://login.contoso.com", subject: "bob" };
const unfinished = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

/**
 * Describes what the store does on every kind of database.
 * @param openDatabase - Opens an empty database, or with `again` the one that was opened last.
 */
export function describeStore(
  openDatabase: (options?: { readonly again: boolean }) => Promise<Database>,
): void {
  let database: Database;
  let store: Store;
  const open = async (options?: { readonly again: boolean }) => {
    const opened = await openDatabase(options);
    if (!options?.again) database = opened;
    return openStore(opened);
  };
  const openAgain = (count: number) =>
    Promise.all(Array.from({ length: count }, () => open({ again: true })));
  beforeEach(async () => {
    store = await open();
    await store.schema.migrate();
  });
  afterEach(() => store.close());

  /** Begins and settles a creation. */
  async function create(acsUserId: string, caller = alice) {
    const id = randomUUID();
    await store.ledger.begin(id, caller);
    return { id, state: await store.ledger.settle(id, caller, acsUserId) };
  }

  /** Records that the request for a user may have been sent. */
  const send = (id: string) =>
    store.permits.takeForCreation(id, { key: "creations", calls: 10_000, atOnce: 1_000, perSeconds: 1 });

  /** Makes the time since every entry was touched longer. */
  const age = (seconds: number) =>
    database.query(
      `UPDATE ledger SET touched_at = touched_at - make_interval(secs => ${seconds}),
         created_at = created_at - make_interval(secs => ${seconds})`,
    );

  describe("migrations", () => {
    it("are required", async () => {
      await store.schema.check();
      const empty = await open();
      await expect(empty.schema.check()).rejects.toThrow(/The database failed/);
      await empty.close();
    });

    it("run once, even if several instances start at the same time", async () => {
      await create("8:acs:1");
      const others = await openAgain(3);
      await Promise.all(others.map((other) => other.schema.migrate()));
      expect((await others[0]?.ledger.findCurrent(alice))?.acsUserId).toBe("8:acs:1");
      const limits =
        "SELECT setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()";
      expect((await database.query(limits)).rows).toEqual([
        { setconfig: ["statement_timeout=3s", "idle_in_transaction_session_timeout=5s"] },
      ]);
      await Promise.all(others.map((other) => other.close()));
    });
  });

  it("brings the schema before up to date, keeps its entries, and works with a newer one", async () => {
    const old = await openDatabase();
    await old.query(migrationTo(1));
    const entries: readonly string[] = [
      "'creating', NULL, '2026-01-01'",
      "'creating', NULL, '2026-01-02'",
      "'surplus', '8:acs:1_1', '2026-01-03'",
    ];
    for (const [index, entry] of entries.entries()) {
      await old.query(
        `INSERT INTO ledger (id, issuer, subject, state, acs_user_id, created_at)
         VALUES ('00ac5000-0000-4000-8000-00000000000${index}', 'issuer', 'subject', ${entry})`,
      );
    }
    const upgraded = openStore(old);
    await expect(upgraded.schema.check()).rejects.toMatchObject({
      message: "The database failed: run the migrations of this version first",
      code: "42P01",
    });
    await upgraded.schema.migrate();
    await upgraded.schema.check();
    await old.query("INSERT INTO schema_version SELECT max(version) + 1 FROM schema_version");
    await upgraded.schema.check();
    expect(await upgraded.ledger.countByState()).toEqual({
      ...unfinished,
      creating: 1,
      surplus: 1,
      unanswered: 1,
    });
    await upgraded.close();
  });

  describe("a deletion that ended", () => {
    it("is known to everybody who works on the same one", async () => {
      const { id } = await create("8:acs:1");
      expect(await store.revocations.wasKnown(id)).toBe(false);
      await store.revocations.markRevoked(id);
      expect(await store.revocations.wasKnown(id), "its tokens were revoked").toBe(true);
      await store.ledger.forget(id);
      expect(await store.revocations.wasKnown(id), "it is gone").toBe(true);
    });
  });

  describe("the binding", () => {
    it("stays with the first endpoint", async () => {
      expect(await store.schema.bind("https://one.example")).toBe("https://one.example");
      expect(await store.schema.bind("https://two.example")).toBe("https://one.example");
    });
  });

  describe("a revocation of everybody's tokens", () => {
    it("is of all users who may have tokens from before", async () => {
      await store.schema.bind("https://one.example");
      await store.ledger.retire((await create("8:acs:1")).id);
      await create("8:acs:2");
      await store.ledger.settle(randomUUID(), bob, "8:acs:3");
      await store.ledger.begin(randomUUID(), bob);
      const idsOf = ({ users }: Awaited<ReturnType<Store["revocations"]["findUnrevoked"]>>) =>
        users.map(({ acsUserId }) => acsUserId).toSorted();
      const found = await store.revocations.findUnrevoked();
      expect([idsOf(found), found.left]).toEqual([["8:acs:1", "8:acs:2"], 2]);
      await create("8:acs:4", { ...bob, subject: "carol" });
      expect(idsOf(await store.revocations.findUnrevoked())).toEqual(["8:acs:1", "8:acs:2"]);
      await store.revocations.end();
      expect((await store.revocations.findUnrevoked()).left, "the next one").toBe(3);
    });
  });

  describe("a creation", () => {
    it("is in the ledger before ACS answers, but isn't the current user yet", async () => {
      await store.ledger.begin(randomUUID(), alice);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, creating: 1 });
      expect(await store.ledger.findCurrent(alice)).toBeUndefined();
    });

    it("gives the caller a current user", async () => {
      const { id, state } = await create("8:acs:1");
      expect(state).toBe("current");
      expect(await store.ledger.findCurrent(alice)).toEqual({ id, state: "current", acsUserId: "8:acs:1" });
      expect(await store.ledger.findCurrent(bob)).toBeUndefined();
      expect(await store.ledger.findCurrent({ ...alice, issuer: "https://other.example" })).toBeUndefined();
    });

    it("begins once, however many instances try at the same time", async () => {
      const stores = [store, ...(await openAgain(3))];
      const begun = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (stores[index % 4] ?? store).ledger.begin(randomUUID(), alice),
        ),
      );
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await store.ledger.begin(randomUUID(), bob), "another caller").toBe(true);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, creating: 2 });
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });

    it("doesn't begin if the caller has a current user", async () => {
      await create("8:acs:1");
      expect(await store.ledger.begin(randomUUID(), alice)).toBe(false);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, current: 1 });
    });

    it("waits for the one before, which is given up once it is too old", async () => {
      await store.ledger.begin(randomUUID(), alice);
      expect(await store.ledger.findWaitInSeconds(alice, 10)).toBe(1);
      await age(4);
      expect(await store.ledger.findWaitInSeconds(alice, 10), "as long as it has taken so far").toBeOneOf([
        4, 5,
      ]);
      await age(8);
      expect(await store.ledger.findWaitInSeconds(alice, 10), "at most as long as it may take").toBe(10);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, unanswered: 1 });
      expect(await store.ledger.begin(randomUUID(), alice)).toBe(false);
    });

    it("waits twice as long after each one that was unanswered, until one succeeds", async () => {
      for (const pause of [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]) {
        const id = randomUUID();
        expect(await store.ledger.begin(id, alice), `before a pause of ${pause} s`).toBe(true);
        await send(id);
        await store.ledger.markUnanswered(id);
        expect(await store.ledger.begin(randomUUID(), alice)).toBe(false);
        expect(await store.ledger.findWaitInSeconds(alice, 10)).toBe(pause);
        await age(pause);
      }
      const { state } = await create("8:acs:1");
      expect(state).toBe("current");
      const { users } = (await store.ledger.startDeletion(alice, 10)) as { users: { id: string }[] };
      for (const { id } of users) await store.ledger.forget(id);
      expect(await store.ledger.begin(randomUUID(), alice), "everything is forgiven").toBe(true);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, creating: 1, unanswered: 10 });
    });

    it("waits for the shortest pause once ACS has created a user for somebody", async () => {
      for (let attempt = 0; attempt < 4; attempt++) {
        const id = randomUUID();
        expect(await store.ledger.begin(id, alice)).toBe(true);
        await send(id);
        await store.ledger.markUnanswered(id);
        await age(5 * 2 ** Math.min(attempt, 2));
      }
      expect(await store.ledger.findWaitInSeconds(alice, 10), "40 s, of which 20 have passed").toBeOneOf([
        19, 20,
      ]);
      await create("8:acs:1", bob);
      const id = randomUUID();
      expect(await store.ledger.begin(id, alice)).toBe(true);
      await send(id);
      await store.ledger.markUnanswered(id);
      expect(await store.ledger.findWaitInSeconds(alice, 10), "the first one since").toBe(5);
    });

    it("that was never sent isn't sent anymore once it was given up, and leaves no entry", async () => {
      const [killed, sent] = [randomUUID(), randomUUID()];
      await store.ledger.begin(killed, alice);
      await store.ledger.begin(sent, bob);
      expect(await send(sent)).toEqual({ waitInSeconds: undefined, mayBeSent: true });
      await age(12);
      await store.ledger.findWaitInSeconds(alice, 10);
      await store.ledger.findWaitInSeconds(bob, 10);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, unanswered: 2 });
      expect(await send(killed)).toEqual({ waitInSeconds: undefined, mayBeSent: false });
      const other = randomUUID();
      await store.ledger.begin(other, { ...bob, subject: "carol" });
      expect(await store.ledger.giveUpCreations(0)).toEqual({ unanswered: [], neverSent: 2 });
      expect(await send(other)).toMatchObject({ mayBeSent: false });
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, unanswered: 1 });
    });

    it("becomes surplus if it was given up or lost in the meantime", async () => {
      const [givenUp, lost] = [randomUUID(), randomUUID()];
      await store.ledger.begin(givenUp, alice);
      await send(givenUp);
      expect(await store.ledger.giveUpCreations(0)).toEqual({ unanswered: [givenUp], neverSent: 0 });
      expect(await store.ledger.settle(givenUp, alice, "8:acs:1")).toBe("surplus");
      expect(await store.ledger.begin(lost, alice)).toBe(true);
      await store.ledger.forget(lost);
      expect(await store.ledger.settle(lost, alice, "8:acs:2")).toBe("surplus");
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, surplus: 2 });
    });

    it("whose response names another entry's user is unanswered", async () => {
      await create("8:acs:1");
      const id = randomUUID();
      await store.ledger.begin(id, bob);
      expect(await store.ledger.settle(id, bob, "8:acs:1")).toBe("unanswered");
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, current: 1, unanswered: 1 });
      const current = (await store.ledger.findCurrent(alice))?.id ?? "";
      expect(await store.ledger.markUnanswered(current), "ACS named another resource's user").toBe(true);
      expect(await store.ledger.markUnanswered(current), "again").toBe(false);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, unanswered: 2 });
    });

    it("keeps its state if it is settled again", async () => {
      const { id, state } = await create("8:acs:1");
      expect(state).toBe("current");
      expect(await store.ledger.settle(id, alice, "8:acs:1"), "the same answer again").toBe("current");
      await store.ledger.startDeletion(alice, 10);
      expect(await store.ledger.settle(id, alice, "8:acs:1"), "and again, too late").toBe("deleting");
    });

    it("that was unanswered is kept, and its caller for an hour", async () => {
      const id = randomUUID();
      await store.ledger.begin(id, alice);
      await send(id);
      await store.ledger.markUnanswered(id);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, unanswered: 1 });
      const callers = async () => (await database.query("SELECT subject FROM ledger")).rows;
      expect(await store.ledger.giveUpCreations(0)).toEqual({ unanswered: [], neverSent: 0 });
      expect(await callers()).toEqual([{ subject: "alice" }]);
      await age(3_600);
      expect(await store.ledger.giveUpCreations(0)).toEqual({ unanswered: [], neverSent: 0 });
      expect(await callers()).toEqual([{ subject: "" }]);
      expect(await store.ledger.settle(id, alice, "8:acs:1"), "an answer after all").toBe("surplus");
      await store.ledger.markUnanswered(id);
      expect(await store.ledger.countByState(), "a user with an id is never unanswered").toEqual({
        ...unfinished,
        surplus: 1,
      });
    });
  });

  describe("an offboarding", () => {
    it("is of one person, with or without a user, until it is undone", async () => {
      const since = await store.offboarded.add(alice);
      expect(Math.abs(Date.now() - since.getTime())).toBeLessThan(60_000);
      expect(await store.offboarded.add(alice), "again").toEqual(since);
      expect([await store.offboarded.has(alice), await store.offboarded.has(bob)]).toEqual([true, false]);
      const limit = { key: "a", calls: 50, atOnce: 25, perSeconds: 3_600 };
      expect(await store.permits.admit(alice, limit)).toMatchObject({ isOffboarded: true });
      expect(await store.permits.admit(bob, limit)).toMatchObject({ isOffboarded: false });
      expect(await store.ledger.begin(randomUUID(), alice)).toBe(false);
      expect(await store.offboarded.remove(alice)).toBe(true);
      expect(await store.offboarded.remove(alice)).toBe(false);
      expect((await create("8:acs:1")).state).toBe("current");
    });

    // Names whose JSON needs escapes, since SQL and TypeScript compute the same pseudonym.
    it.each(["alice", 'a"b\\c/d', "Zoë \u{1f600} \u2028", "\u007f<é>&"])(
      "refuses %j in each version",
      async (subject) => {
        const caller = { ...alice, subject };
        const id = randomUUID();
        await store.ledger.begin(id, caller);
        await store.offboarded.add(caller);
        expect(await store.ledger.settle(id, caller, "8:acs:1"), "a creation in progress").toBe("surplus");
        const old = (version: string, state: string) =>
          database.query(version, [randomUUID(), alice.issuer, subject, state]);
        // What the versions before this one do.
        const insert = "INSERT INTO ledger (id, issuer, subject, state) VALUES ($1, $2, $3, $4) RETURNING id";
        expect((await old(insert, "creating")).rows).toEqual([]);
        const others = { ...caller, issuer: "https://other.example" };
        expect(await store.ledger.begin(randomUUID(), others), "another issuer").toBe(true);
      },
    );

    it("doesn't wait for a creation in progress, whose user nobody gets", async () => {
      await store.ledger.retire((await create("8:acs:1")).id);
      const id = randomUUID();
      await store.ledger.begin(id, alice);
      await send(id);
      await store.offboarded.add(alice);
      expect(await store.ledger.startDeletion(alice, 0)).toMatchObject({ users: [{ acsUserId: "8:acs:1" }] });
      expect(await store.ledger.settle(id, alice, "8:acs:2")).toBe("surplus");
    });
  });

  describe("a deletion", () => {
    it("removes the current user at once, and can be claimed, or only revoked, until it is forgotten", async () => {
      await store.schema.bind("https://one.example");
      const { id } = await create("8:acs:1");
      const user = { id, state: "deleting", acsUserId: "8:acs:1" };
      expect(await store.ledger.startDeletion(alice, 10)).toEqual({ users: [user] });
      expect(await store.ledger.findCurrent(alice)).toBeUndefined();
      expect((await create("8:acs:2")).state, "a new sign-in").toBe("current");
      expect(await store.ledger.claimUnfinished(0)).toEqual(user);
      expect((await store.revocations.findUnrevoked()).users).toContainEqual(user);
      await store.ledger.forget(id);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, current: 1 });
    });

    it("does nothing for a caller without a user", async () => {
      await create("8:acs:1", bob);
      expect(await store.ledger.startDeletion(alice, 10)).toEqual({ users: [] });
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, current: 1 });
    });

    it("waits for creations that may still succeed, and gives up older ones", async () => {
      await store.ledger.retire((await create("8:acs:1")).id);
      await store.ledger.begin(randomUUID(), bob);
      const id = randomUUID();
      await store.ledger.begin(id, alice);
      const started = await store.ledger.startDeletion(alice, 30);
      expect("waitInSeconds" in started && started.waitInSeconds).toBeOneOf([28, 29, 30]);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, creating: 2, deleting: 1 });
      expect(await store.ledger.startDeletion(alice, 0)).toMatchObject({ users: [{ acsUserId: "8:acs:1" }] });
      expect(await store.ledger.countByState()).toEqual({
        ...unfinished,
        creating: 1,
        deleting: 1,
        unanswered: 1,
      });
      expect(await store.ledger.settle(id, alice, "8:acs:2"), "an answer after all").toBe("surplus");
    });

    it("of a user that ACS no longer has doesn't touch its replacement", async () => {
      const { id } = await create("8:acs:1");
      await store.ledger.retire(id);
      expect(await store.ledger.countByState()).toEqual({ ...unfinished, deleting: 1 });
      const next = await create("8:acs:2");
      await store.ledger.retire(id);
      expect(await store.ledger.findCurrent(alice)).toMatchObject({ id: next.id });
      const surplus = randomUUID();
      await store.ledger.settle(surplus, alice, "8:acs:3");
      await store.ledger.retire(surplus);
      expect(await store.ledger.countByState()).toEqual({
        ...unfinished,
        current: 1,
        deleting: 1,
        surplus: 1,
      });
    });
  });

  describe("another user of the same resource", () => {
    it("is a current one whose id starts with the same resource", async () => {
      const { id } = await create("8:acs:one_1");
      const user = { id, state: "current", acsUserId: "8:acs:one_1" } as const;
      await create("8:acs:two_1", bob);
      expect(await store.ledger.findAnother(user)).toBeUndefined();
      await create("8:acs:one_2", { ...bob, subject: "carol" });
      expect(await store.ledger.findAnother(user)).toMatchObject({ acsUserId: "8:acs:one_2" });
      await create("8:acs:one_3", { ...bob, subject: "dave" });
      expect(await store.ledger.findAnother(user), "the latest").toMatchObject({ acsUserId: "8:acs:one_3" });
    });
  });

  describe("claiming", () => {
    it("skips recent and current entries", async () => {
      await store.ledger.begin(randomUUID(), alice);
      await create("8:acs:1", bob);
      await store.ledger.settle(randomUUID(), bob, "8:acs:2");
      expect(await store.ledger.claimUnfinished(60)).toBeUndefined();
      expect(await store.ledger.giveUpCreations(60)).toEqual({ unanswered: [], neverSent: 0 });
      expect(await store.ledger.countByState()).toEqual({
        ...unfinished,
        creating: 1,
        current: 1,
        surplus: 1,
      });
    });

    it("begins with the entry that has waited longest", async () => {
      const [first, second] = [randomUUID(), randomUUID()];
      for (const id of [first, second]) await store.ledger.settle(id, alice, `8:acs:${id}`);
      expect((await store.ledger.claimUnfinished(0))?.id).toBe(first);
      expect((await store.ledger.claimUnfinished(0))?.id).toBe(second);
      expect((await store.ledger.claimUnfinished(0))?.id).toBe(first);
    });

    it("gives each entry to only one instance", async () => {
      for (let index = 0; index < 20; index++)
        await store.ledger.settle(randomUUID(), alice, `8:acs:${index}`);
      await age(100);
      const stores = await openAgain(4);
      const claims = await Promise.all(
        Array.from({ length: 40 }, (_, index) => stores[index % 4]?.ledger.claimUnfinished(99)),
      );
      const ids = claims.flatMap((user) => (user ? [user.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      while (ids.length < 20) ids.push((await store.ledger.claimUnfinished(99))?.id ?? "none");
      expect(new Set(ids)).not.toContain("none");
      expect(await store.ledger.claimUnfinished(99)).toBeUndefined();
      await Promise.all(stores.map((each) => each.close()));
    });
  });

  describe("permits", () => {
    const isGranted = (wait: number | undefined) => wait === undefined;

    it("are limited for all instances together", async () => {
      const stores = [store, ...(await openAgain(2))];
      const limit = { key: "a", calls: 50, atOnce: 25, perSeconds: 3_600 };
      const waits = await Promise.all(
        Array.from({ length: 120 }, (_, index) => (stores[index % 3] ?? store).permits.take(limit)),
      );
      expect(waits.filter(isGranted)).toHaveLength(25);
      // 25 calls at once leave 26 intervals. A call that waited for others reads the time from before them, and may say less.
      for (const wait of waits.filter((each) => each !== undefined)) {
        expect(wait).toBeLessThanOrEqual(139);
        expect(wait).toBeGreaterThanOrEqual(1);
      }
      expect(await store.permits.take(limit)).toBeGreaterThan(100);
      expect(await store.permits.take({ ...limit, key: "b" }), "another key").toBeUndefined();
      await Promise.all(stores.slice(1).map((each) => each.close()));
    });
  });

  describe("admission", () => {
    it("takes a permit, and returns the caller's current user, in one round trip", async () => {
      const limit = { key: "alice", calls: 3, atOnce: 2, perSeconds: 3_600 };
      expect(await store.permits.admit(alice, limit)).toEqual({
        waitInSeconds: undefined,
        user: undefined,
        isOffboarded: false,
      });
      const { id } = await create("8:acs:1");
      const user = { id, state: "current", acsUserId: "8:acs:1" };
      expect(await store.permits.admit(alice, limit)).toEqual({
        waitInSeconds: undefined,
        user,
        isOffboarded: false,
      });
      const { waitInSeconds } = await store.permits.admit(alice, limit);
      expect(waitInSeconds).toBeGreaterThan(1_500);
      expect(waitInSeconds).toBeLessThanOrEqual(1_800);
    });
  });

  describe("a closed store", () => {
    it("rejects with a StoreError", async () => {
      const other = await open({ again: true });
      await other.close();
      await expect(other.ping()).rejects.toThrow(/The database failed/);
    });
  });
}
