import { setTimeout as sleep } from "node:timers/promises";
import { lostCreation } from "./acs.js";
import type { AcsUsers, Shared } from "./acsUsers.js";
import { raiseAlarm } from "./failures.js";
import { forEachItem } from "./forEachItem.js";
import { describeCause } from "./log.js";
import { metrics } from "./metrics.js";
import { ConfigurationFault } from "./problem.js";
import type { KnownUser, LedgerState } from "./store/knownUser.js";

export interface Reconciliation {
  /** ACS users that this run deleted. */
  readonly deleted: number;
  /** Entries that failed and are left for the next run. */
  readonly failed: number;
  /** Entries of creations whose request was never sent, so that no user exists. This run removed them. */
  readonly neverSent: number;
  readonly entries: Readonly<Record<LedgerState, number>>;
}

export type Reconciler = ReturnType<typeof createReconciler>;

/** Finishes what a crash, a lost response or an outage left in the ledger. Any number of instances may do so at once. */
export function createReconciler(
  { store: { ledger }, log }: Shared,
  users: AcsUsers,
  idleForInSeconds: number,
) {
  const closing = new AbortController();
  const { signal } = closing;
  let running: Promise<unknown> = Promise.resolve();

  /** Claims entries one by one, so that no claim expires during work on others. */
  async function* unfinished(): AsyncGenerator<KnownUser> {
    const seen = new Set<string>();
    while (!signal.aborted) {
      const user = await ledger.claimUnfinished(idleForInSeconds);
      if (!user || seen.has(user.id)) return;
      seen.add(user.id);
      yield user;
    }
  }

  async function run(): Promise<Reconciliation> {
    const { unanswered, neverSent } = await ledger.giveUpCreations(idleForInSeconds);
    for (const entry of unanswered) log.warn({ entry }, lostCreation);
    let deleted = 0;
    let failed = 0;
    const remove = async (user: KnownUser) => {
      await users.remove(user, signal);
      deleted++;
    };
    const onFailure = ({ id: entry }: KnownUser, error: unknown) => {
      failed++;
      if (error instanceof ConfigurationFault) raiseAlarm(error, log);
      log.warn({ entry, cause: describeCause(error) }, "An entry of the ledger wasn't finished");
    };
    await forEachItem(unfinished(), remove, onFailure, { atOnce: 1, failuresInARow: 3 });
    const entries = await ledger.countByState();
    for (const [state, count] of Object.entries(entries)) metrics.ledgerEntries.record(count, { state });
    const reconciliation = { deleted, failed, neverSent, entries };
    if (deleted + failed + neverSent > 0) log.info(reconciliation, "Reconciled the ledger");
    return reconciliation;
  }

  async function repeat(): Promise<void> {
    while (!signal.aborted) {
      await run().catch((error: unknown) => {
        log.error({ cause: describeCause(error) }, "The ledger wasn't reconciled");
      });
      // Jitter, so that instances that started together don't reconcile together.
      const seconds = idleForInSeconds * (0.75 + Math.random() / 2);
      await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
    }
  }

  return {
    run,
    /** Reconciles now, and then again at intervals of about `idleForInSeconds`, until it is closed. */
    start(): void {
      running = repeat();
    },
    /** Stops, and resolves when the current entry is done or given up. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.race([running, sleep(2_000, undefined, { ref: false })]);
    },
  };
}
