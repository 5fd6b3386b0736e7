import type { AcsUsers, Shared } from "./acsUsers.js";
import { pseudonymOf } from "./caller.js";
import { type Limits, withinLimits } from "./limits.js";
import { describeCause, type Log } from "./log.js";
import type { KnownUser } from "./store/knownUser.js";
import type { Store } from "./store/store.js";

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

/** What a command does for people, and what of the service it needs for that. */
interface Offboarding {
  readonly users: Pick<AcsUsers, "deleteUser">;
  readonly limits: Pick<Limits, "forget">;
  readonly store: Pick<Store, "offboarded">;
  readonly log: Log;
}

/** What happened to a person: the ids of their users that are gone, and why it has to be repeated, if it failed. */
export interface Offboarded {
  readonly subject: string;
  readonly deleted: readonly string[];
  readonly failure?: unknown;
}

/**
 * Deletes the ACS users of people, and what the limits remember of them. Can be repeated with the same people after being
 * killed or a failure.
 * @param keepsAccess - Whether they may get another user. Otherwise, from the first moment on, they get no token until
 * their offboarding is undone.
 */
export async function offboardPeople(
  { users, limits, store, log }: Offboarding,
  issuer: string,
  subjects: AsyncGenerator<string>,
  keepsAccess: boolean,
  onResult: (result: Offboarded) => void,
): Promise<void> {
  await forEachItem(
    subjects,
    async (subject) => {
      const caller = { issuer, subject };
      if (!keepsAccess) {
        const since = await store.offboarded.add(caller);
        log.info({ caller: pseudonymOf(caller), since }, offboarded);
      }
      const deleted = await users.deleteUser(caller, AbortSignal.timeout(longestInMs), keepsAccess);
      await limits.forget(caller);
      onResult({ subject, deleted });
    },
    (subject, failure) => onResult({ subject, deleted: [], failure }),
  );
}

const offboarded =
  "Offboarded: this person gets no token until offboard --undo. The ledger keeps the pseudonym, by which it refuses them";

/** Lets people get tokens again. */
export async function undoOffboarding(
  { store, log }: Pick<Offboarding, "store" | "log">,
  issuer: string,
  subjects: AsyncGenerator<string>,
  onResult: (result: {
    readonly subject: string;
    readonly undone: boolean;
    readonly failure?: unknown;
  }) => void,
): Promise<void> {
  await forEachItem(
    subjects,
    async (subject) => {
      const caller = { issuer, subject };
      const undone = await store.offboarded.remove(caller);
      if (undone) log.info({ caller: pseudonymOf(caller) }, "The offboarding of this person is undone");
      onResult({ subject, undone });
    },
    (subject, failure) => onResult({ subject, undone: false, failure }),
  );
}
