import { setTimeout as sleep } from "node:timers/promises";
import { type AcsUsers, type Log, lostAnswer } from "./acsUsers.js";
import { describeCause, raiseAlarm } from "./failures.js";
import { metrics } from "./metrics.js";
import { ConfigurationFault, Problem } from "./problem.js";
import type { LedgerState, Store } from "./store/store.js";

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
  readonly idleForInSeconds: number;
  readonly log: Log;
}

/** Finishes what a crash, a lost response or an outage left in the ledger. Any number of instances may do so at once. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Reconciles now, and then again at intervals of about `idleForInSeconds`, until it is closed. */
  start(): void {
    const { log, idleForInSeconds } = this.#options;
    const { signal } = this.#closing;
    const repeat = async () => {
      while (!signal.aborted) {
        await this.run().catch((error: unknown) => {
          log.error({ cause: describeCause(error) }, "The ledger wasn't reconciled");
        });
        // Jitter, so that instances that started together don't reconcile together.
        await this.#sleep(idleForInSeconds * (0.75 + Math.random() / 2));
      }
    };
    this.#running = repeat();
  }

  async run(): Promise<Reconciliation> {
    const { store, users, log, idleForInSeconds } = this.#options;
    for (const entry of await store.giveUpCreations(idleForInSeconds)) log.warn({ entry }, lostAnswer);
    const seen = new Set<string>();
    let deleted = 0;
    let failed = 0;
    let failedInARow = 0;
    while (!this.#closing.signal.aborted && failedInARow < failuresInARow) {
      // Claimed one by one, so that no claim expires during work on others.
      const user = await store.claimUnfinished(idleForInSeconds);
      if (!user || seen.has(user.id)) break;
      seen.add(user.id);
      try {
        await users.remove(user, this.#closing.signal);
        deleted++;
        failedInARow = 0;
      } catch (error) {
        failed++;
        failedInARow++;
        if (error instanceof ConfigurationFault) raiseAlarm(error, log);
        log.warn({ entry: user.id, cause: describeCause(error) }, "An entry of the ledger wasn't finished");
        if (error instanceof Problem) await this.#sleep(error.retryAfterInSeconds ?? 1);
      }
    }
    const entries = await store.countByState();
    for (const [state, count] of Object.entries(entries)) metrics.ledgerEntries.record(count, { state });
    if (deleted + failed > 0) log.info({ deleted, failed, entries }, "Reconciled the ledger");
    return { deleted, failed, entries };
  }

  /** Stops, and resolves when the current entry is done or given up. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.race([this.#running, sleep(2_000, undefined, { ref: false })]);
  }

  async #sleep(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
