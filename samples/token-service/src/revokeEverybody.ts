import { setTimeout as sleep } from "node:timers/promises";
import type { AcsUsers, Log } from "./acsUsers.js";
import { describeCause, sortFailure } from "./failures.js";
import { LimitReached } from "./limits.js";
import { Problem } from "./problem.js";
import type { KnownUser, Store } from "./store/store.js";

const usersAtOnce = 10;
const attempts = 3;
const longestRevocationInMs = 30_000;

export interface Progress {
  readonly revoked: number;
  /** Users whose tokens are still to be revoked. */
  readonly left: number;
}

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
  let progress: Progress = { revoked: 0, left: 0 };

  async function revoke(user: KnownUser): Promise<boolean> {
    for (let attempt = 1; ; ) {
      try {
        await users.revoke(user, AbortSignal.timeout(longestRevocationInMs));
        return true;
      } catch (error) {
        const failure = sortFailure(error);
        // The limit of the resource isn't a failure.
        if (!(failure instanceof LimitReached)) attempt++;
        if (failure instanceof Problem && attempt <= attempts) {
          await sleep((failure.retryAfterInSeconds ?? 1) * 1000);
          continue;
        }
        log.warn({ entry: user.id, cause: describeCause(error) }, "A user's tokens weren't revoked");
        failed.add(user.id);
        return false;
      }
    }
  }

  for (;;) {
    const found = await store.findUnrevoked(since, usersAtOnce + failed.size);
    const batch = found.filter(({ id }) => !failed.has(id)).slice(0, usersAtOnce);
    if (batch.length === 0) break;
    const revoked = (await Promise.all(batch.map(revoke))).filter(Boolean).length;
    progress = { revoked: progress.revoked + revoked, left: await store.countUnrevoked(since) };
    onProgress(progress);
    // The rest would fail, too.
    if (revoked === 0) break;
  }
  if (progress.left === 0) await store.endRevocation();
  return progress;
}
