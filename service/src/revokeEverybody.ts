import { setTimeout as sleep } from "node:timers/promises";
import type { AcsUsers, Log } from "./acsUsers.js";
import { describeCause } from "./failures.js";
import { LimitReached } from "./limits.js";
import type { KnownUser, Store } from "./store/store.js";

const usersAtOnce = 10;
const longestRevocationInMs = 30_000;

/** How many users' tokens are revoked, and are still to be revoked. */
export type Progress = Readonly<Record<"revoked" | "left", number>>;

/**
 * Revokes the tokens of every user of the ledger that were issued before the call. After being killed or a failure, the
 * next call goes on with the users that are left.
 */
export async function revokeEverybody(
  { store, users, log }: { readonly store: Store; readonly users: AcsUsers; readonly log: Log },
  onProgress: (progress: Progress) => void,
): Promise<Progress> {
  const since = await store.startRevocation();
  const failed = new Set<string>();

  async function revoke(user: KnownUser): Promise<boolean> {
    for (;;) {
      try {
        await users.revoke(user, AbortSignal.timeout(longestRevocationInMs));
        return true;
      } catch (error) {
        if (error instanceof LimitReached) await sleep((error.retryAfterInSeconds ?? 1) * 1000);
        else {
          log.warn({ entry: user.id, cause: describeCause(error) }, "A user's tokens weren't revoked");
          failed.add(user.id);
          return false;
        }
      }
    }
  }

  let revoked = 0;
  for (;;) {
    const { users: found, left } = await store.findUnrevoked(since, usersAtOnce + failed.size);
    onProgress({ revoked, left });
    const batch = found.filter(({ id }) => !failed.has(id)).slice(0, usersAtOnce);
    const done = (await Promise.all(batch.map(revoke))).filter(Boolean).length;
    revoked += done;
    // If all of them failed, the rest would, too.
    if (done > 0) continue;
    if (left === 0) await store.endRevocation();
    return { revoked, left };
  }
}
