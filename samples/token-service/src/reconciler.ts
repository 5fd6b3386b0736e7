import { setTimeout as sleep } from "node:timers/promises";
import type { AcsUsers, Log } from "./acsUsers.js";
import { describeCause } from "./failures.js";
import { metrics } from "./metrics.js";
import { Problem } from "./problem.js";
import type { LedgerEntry, LedgerState, Store } from "./store/store.js";

/** After this many, ACS is probably down, and the rest can wait. */
const failuresInARow = 3;

export interface Reconciliation {
  /** ACS users that this run deleted. */
  readonly deleted: number;
  /** Entries that failed and are left for the next run. */
  readonly failed: number;
  readonly entries: Readonly<Record<LedgerState, number>>;
}

export interface ReconcilerOptions {
  readonly store: Store;
  readonly users: AcsUsers;
  readonly usesCustomIds: boolean;
  readonly idleForInSeconds: number;
  readonly log: Log;
}

/** Finishes what a crash, a lost answer or an outage left in the ledger. Any number of instances may do so at once. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Reconciles now, and then again at intervals of about `everySeconds`, until it is closed. */
  start(everySeconds: number): void {
    const { log } = this.#options;
    const { signal } = this.#closing;
    const repeat = async () => {
      while (!signal.aborted) {
        await this.run().catch((error: unknown) => {
          log.error({ cause: describeCause(error) }, "The ledger wasn't reconciled");
        });
        // Jitter, so that instances that started together don't reconcile together.
        const seconds = everySeconds * (0.75 + Math.random() / 2);
        await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
      }
    };
    this.#running = repeat();
  }

  async run(): Promise<Reconciliation> {
    const { store, log, idleForInSeconds } = this.#options;
    const seen = new Set<string>();
    let deleted = 0;
    let failed = 0;
    let failedInARow = 0;
    while (!this.#closing.signal.aborted && failedInARow < failuresInARow) {
      // Claimed one by one, so that no claim expires during work on others.
      const [entry] = await store.claimUnfinished(idleForInSeconds, 1);
      if (!entry || seen.has(entry.id)) break;
      seen.add(entry.id);
      try {
        if (await this.#finish(entry)) deleted++;
        failedInARow = 0;
      } catch (error) {
        failed++;
        failedInARow++;
        log.warn({ entry: entry.id, cause: describeCause(error) }, "An entry of the ledger wasn't finished");
        if (error instanceof Problem) await this.#pause(error.retryAfterInSeconds ?? 1);
      }
    }
    await store.sweepPermits();
    const entries = await store.countByState();
    for (const [state, count] of Object.entries(entries)) metrics.ledgerEntries.record(count, { state });
    if (deleted + failed > 0) log.info({ deleted, failed, entries }, "Reconciled the ledger");
    return { deleted, failed, entries };
  }

  /** Stops, and resolves when the current entry is done. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  /** Returns whether an ACS user was deleted. */
  async #finish(entry: LedgerEntry): Promise<boolean> {
    const { store, users, usesCustomIds, log } = this.#options;
    if (entry.acsUserId !== undefined) {
      await users.remove(entry, this.#closing.signal);
      return true;
    }
    if (!usesCustomIds) {
      await store.markUnanswered(entry.id);
      log.warn({ entry: entry.id }, "ACS never answered a creation. A user may exist that nobody can find");
      return false;
    }
    // The same customId returns the same user, so this finds out which one it was.
    const acsUserId = await users.createFor(entry.id, true);
    await store.settle(entry.id, entry.caller, acsUserId);
    await users.remove({ ...entry, acsUserId }, this.#closing.signal);
    return true;
  }

  async #pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
