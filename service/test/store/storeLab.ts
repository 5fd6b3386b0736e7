import { randomUUID } from "node:crypto";
import { afterEach, beforeEach } from "vitest";
import type { Database } from "../../src/store/database.js";
import { openStore, type Store } from "../../src/store/store.js";

export const alice = { issuer: "https://login.contoso.com", subject: "alice" };
export const bob = { issuer: "https://login.contoso.com", subject: "bob" };
export const noEntries = { creating: 0, current: 0, surplus: 0, deleting: 0, unanswered: 0 };

/** Opens an empty database, or with `again` the one that was opened last. */
export type OpenDatabase = (options?: { readonly again: boolean }) => Promise<Database>;

/** A store with its tables for each test, and what the tests of its parts do with it. */
export class StoreLab {
  readonly openDatabase: OpenDatabase;
  #database: Database | undefined;
  #store: Store | undefined;

  constructor(openDatabase: OpenDatabase) {
    this.openDatabase = openDatabase;
    beforeEach(async () => {
      this.#store = await this.open();
      await this.store.schema.migrate();
    });
    afterEach(() => this.store.close());
  }

  get store(): Store {
    if (!this.#store) throw new Error("No test runs");
    return this.#store;
  }

  get database(): Database {
    if (!this.#database) throw new Error("No test runs");
    return this.#database;
  }

  async open(options?: { readonly again: boolean }): Promise<Store> {
    const opened = await this.openDatabase(options);
    if (!options?.again) this.#database = opened;
    return openStore(opened);
  }

  openAgain(count: number): Promise<Store[]> {
    return Promise.all(Array.from({ length: count }, () => this.open({ again: true })));
  }

  /** Begins and settles a creation. */
  async create(acsUserId: string, caller = alice) {
    const id = randomUUID();
    await this.store.ledger.begin(id, caller);
    return { id, state: await this.store.ledger.settle(id, caller, acsUserId) };
  }

  /** Records that the request for a user may have been sent. */
  send(id: string) {
    const limit = { key: "creations", calls: 10_000, atOnce: 1_000, perSeconds: 1 };
    return this.store.permits.takeForCreation(id, limit);
  }

  /** Makes the time since every entry was touched longer. */
  age(seconds: number) {
    return this.database.query(
      `UPDATE ledger SET touched_at = touched_at - make_interval(secs => ${seconds}),
         created_at = created_at - make_interval(secs => ${seconds})`,
    );
  }
}
