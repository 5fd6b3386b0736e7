import type { AcsUsers, Shared } from "./acsUsers.js";
import { pseudonymOf } from "./caller.js";
import { forEachItem } from "./forEachItem.js";
import type { Limits } from "./limits.js";
import { describeCause, type Log } from "./log.js";
import type { KnownUser } from "./store/knownUser.js";
import type { Store } from "./store/store.js";

const longestInMs = 30_000;

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
interface OffboardingParts {
  readonly users: Pick<AcsUsers, "deleteUser">;
  readonly limits: Pick<Limits, "forget">;
  readonly store: Pick<Store, "offboarded">;
  readonly log: Log;
}

/** What happened to a person: the ids of their users that are gone, and why it has to be repeated, if it failed. */
export interface OffboardingResult {
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
  { users, limits, store, log }: OffboardingParts,
  issuer: string,
  subjects: AsyncGenerator<string>,
  keepsAccess: boolean,
  onResult: (result: OffboardingResult) => void,
): Promise<void> {
  await forEachItem(
    subjects,
    async (subject) => {
      const caller = { issuer, subject };
      if (!keepsAccess) {
        const since = await store.offboarded.add(caller);
        log.info({ caller: pseudonymOf(caller), since }, offboardedMessage);
      }
      const deleted = await users.deleteUser(caller, AbortSignal.timeout(longestInMs), keepsAccess);
      await limits.forget(caller);
      onResult({ subject, deleted });
    },
    (subject, failure) => onResult({ subject, deleted: [], failure }),
  );
}

const offboardedMessage =
  "Offboarded: this person gets no token until offboard --undo. The ledger keeps the pseudonym, by which it refuses them";

/** Lets people get tokens again. */
export async function undoOffboarding(
  { store, log }: Pick<OffboardingParts, "store" | "log">,
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
