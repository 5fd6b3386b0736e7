import type { AcsUsers, Shared } from "./acsUsers.js";
import { type Limits, withinLimits } from "./limits.js";
import { describeCause } from "./log.js";
import type { KnownUser } from "./store/knownUser.js";

const longestInMs = 30_000;

/**
 * Does the work for each item, some at a time and within the resource's limits. Stops after several failures in a row,
 * since ACS or the database is probably down, and the rest can wait.
 */
export async function forEachItem<Item>(
  items: AsyncGenerator<Item>,
  work: (item: Item) => Promise<void>,
  onFailure: (item: Item, error: unknown) => void,
  { atOnce = 10, failuresInARow = 10 } = {},
): Promise<void> {
  let failedInARow = 0;
  const worker = async () => {
    // All workers share the generator. If one leaves the loop, it ends for the others, too.
    for await (const item of items) {
      try {
        await withinLimits(() => work(item));
        failedInARow = 0;
      } catch (error) {
        onFailure(item, error);
        if (++failedInARow >= failuresInARow) return;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** How many users' tokens are revoked, and are still to be revoked. */
export type Progress = Readonly<Record<"revoked" | "left", number>>;

/**
 * Revokes the tokens of every user of the ledger that were issued before the call. After being killed or a failure, the
 * next call goes on with the users that are left.
 */
export async function revokeEverybody(
  { store: { revocations }, users, log }: Shared & { readonly users: AcsUsers },
  onProgress: (progress: Progress) => void,
): Promise<Progress> {
  let revoked = 0;
  async function* unrevoked(): AsyncGenerator<KnownUser> {
    for (let last: KnownUser | undefined; ; ) {
      const { users, left } = await revocations.findUnrevoked(last);
      if (users.length === 0) return;
      onProgress({ revoked, left });
      yield* users;
      last = users.at(-1);
    }
  }
  await forEachItem(
    unrevoked(),
    async (user) => {
      await users.revoke(user, AbortSignal.timeout(longestInMs));
      revoked++;
    },
    ({ id: entry }, error) =>
      log.warn({ entry, cause: describeCause(error) }, "A user's tokens weren't revoked"),
  );
  const { left } = await revocations.findUnrevoked();
  onProgress({ revoked, left });
  if (left === 0) await revocations.end();
  return { revoked, left };
}

/**
 * Deletes the ACS users of people, and what the limits remember of them. Can be repeated with the same people after being
 * killed or a failure.
 * @param onResult - Gets the ids of a person's users that are gone, or why it has to be repeated.
 */
export async function offboardPeople(
  { users, limits }: { readonly users: AcsUsers; readonly limits: Pick<Limits, "forget"> },
  issuer: string,
  subjects: AsyncGenerator<string>,
  onResult: (subject: string, deleted: readonly string[], failure?: unknown) => void,
): Promise<void> {
  await forEachItem(
    subjects,
    async (subject) => {
      const deleted = await users.deleteUser({ issuer, subject }, AbortSignal.timeout(longestInMs));
      await limits.forget({ issuer, subject });
      onResult(subject, deleted);
    },
    (subject, failure) => onResult(subject, [], failure),
  );
}
