import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommunicationUserToken, TokenScope } from "acs-identity";
import { type Acs, isUserGone, LostCreation } from "./acs.js";
import type { Caller } from "./caller.js";
import { type Limits, withinLimits } from "./limits.js";
import { describeCause, type Log } from "./log.js";
import { ConfigurationFault, OffboardedProblem, type Problem, tryLater } from "./problem.js";
import { type KnownUser, type LedgerState, resourcePrefix } from "./store/knownUser.js";
import type { Store } from "./store/store.js";

/** How long ACS may take to create a user, in seconds. */
const creationLimitInSeconds = 10;
/** A caller's pause may be longer, but it ends early once ACS has created a user for somebody. */
const longestRetryAfterInSeconds = 30;
/** A success this long ago still shows that the credential and the resource are the right ones. */
const recentInMs = 60_000;

/** What the parts of the service share. */
export interface Shared {
  readonly store: Store;
  readonly log: Log;
}

type Success = Pick<KnownUser, "acsUserId"> & { readonly at: number };

export type AcsUsers = ReturnType<typeof createAcsUsers>;

/** Gives each caller one ACS user, and tokens for it. Every user has an entry in the ledger before it exists at ACS. */
export function createAcsUsers(
  { store: { ledger, revocations, offboarded }, log }: Shared,
  acs: Acs,
  limits: Pick<Limits, "withPermits">,
  tokenExpiresInMinutes: number,
) {
  const creations = new Map<string, Promise<KnownUser>>();
  let isClosing = false;
  /** The last two users for which ACS did something. */
  let successes: readonly Success[] = [];

  /**
   * Issues a new token for each call. Tokens aren't cached, because a cache would be one more secret to guard, and
   * would return revoked tokens.
   * @param known - The caller's current user, if there is one.
   */
  async function issueToken(
    caller: Caller,
    known: KnownUser | undefined,
    scopes: TokenScope[],
    abortSignal: AbortSignal,
  ): Promise<CommunicationUserToken> {
    const user = known ?? (await createShared(caller));
    try {
      return await issueFor(user, scopes, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      // ACS named a user of another resource, so nobody knows the one that it created.
      if (!known && (await ledger.markUnanswered(user.id))) throw report(new LostCreation(error), user.id);
      const replacement = await replace(user, caller, error);
      return issueFor(replacement ?? (await createShared(caller)), scopes, abortSignal);
    }
  }

  /** Revokes all tokens that were issued to the caller so far. */
  async function revokeTokens(caller: Caller, user: KnownUser | undefined, abortSignal: AbortSignal) {
    if (!user) return;
    try {
      await revokeAtAcs(user, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      // The tokens of a user that is gone aren't valid anymore.
      await replace(user, caller, error);
    }
  }

  /**
   * Deletes the caller's ACS user. Throws `Overload` before it has done anything. Once the ledger has the deletion, it can't
   * be undone: then it waits for the limits, and if a step fails, the caller's next attempt or `reconcile` finishes it.
   * @param waitsForCreation - Whether a creation in progress has to end first. Nobody gets the user of an offboarded
   * caller's one, so that `reconcile` removes it.
   * @returns The ids of the users that are gone.
   */
  async function deleteUser(
    caller: Caller,
    abortSignal: AbortSignal,
    waitsForCreation = true,
  ): Promise<string[]> {
    const isAny = await ledger.hasUser(caller);
    return limits.withPermits(isAny ? ["deleteUser", "revokeTokens"] : [], async () => {
      const started = await ledger.startDeletion(caller, waitsForCreation ? creationLimitInSeconds : 0);
      if ("waitInSeconds" in started) throw creationInProgress(started.waitInSeconds);
      for (const user of started.users) await withinLimits(() => remove(user, abortSignal), abortSignal);
      return started.users.map(({ acsUserId }) => acsUserId);
    });
  }

  /**
   * Revokes, deletes at ACS, and only then removes the entry, since ACS can't list users. Steps can be repeated, and
   * others may do the same at the same time.
   */
  async function remove(user: KnownUser, abortSignal: AbortSignal): Promise<void> {
    await revoke(user, abortSignal);
    await acs.client.deleteUser(toIdentifier(user), { abortSignal }).catch(ignoreGone);
    await ledger.forget(user.id);
  }

  /** Revokes all tokens of a user, and records it. Does the same if ACS certainly no longer has the user. */
  async function revoke(user: KnownUser, abortSignal: AbortSignal): Promise<void> {
    try {
      await revokeAtAcs(user, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      const isGone = (await revocations.wasKnown(user.id)) || (await isResourceConfirmed(user, abortSignal));
      if (!isGone) throw unknownUser(user, error);
    }
    await revocations.markRevoked(user.id);
  }

  /** Waits a moment for creations. What isn't finished then is left to `reconcile`. */
  async function close(): Promise<void> {
    isClosing = true;
    await Promise.race([Promise.allSettled(creations.values()), sleep(2_000, undefined, { ref: false })]);
  }

  async function issueFor(user: KnownUser, scopes: TokenScope[], abortSignal: AbortSignal) {
    const identifier = toIdentifier(user);
    const options = { tokenExpiresInMinutes, abortSignal };
    const { token, expiresOn } = await acs.client.getToken(identifier, scopes, options);
    succeeded(user);
    return { token, expiresOn, user: identifier };
  }

  async function revokeAtAcs(user: KnownUser, abortSignal: AbortSignal): Promise<void> {
    await acs.client.revokeTokens(toIdentifier(user), { abortSignal });
    succeeded(user);
  }

  function succeeded({ acsUserId }: KnownUser): void {
    const before = successes.filter((each) => each.acsUserId !== acsUserId);
    successes = [{ acsUserId, at: performance.now() }, ...before].slice(0, 2);
  }

  /**
   * ACS answers the same if the service is connected to another resource. So its response counts only if at about the
   * same time it did something for another user of the same resource. If there was no call, this makes one.
   */
  async function isResourceConfirmed(user: KnownUser, abortSignal: AbortSignal): Promise<boolean> {
    const isConfirming = ({ acsUserId, at }: Success) =>
      acsUserId !== user.acsUserId &&
      resourcePrefix(acsUserId) === resourcePrefix(user.acsUserId) &&
      performance.now() - at < recentInMs;
    if (successes.some(isConfirming)) return true;
    const another = await ledger.findAnother(user);
    // The token is only asked for to see whether ACS knows the user, and nobody receives it.
    if (another) await issueFor(another, ["chat.join.limited"], abortSignal).catch(ignoreGone);
    return successes.some(isConfirming);
  }

  /**
   * Retires a user that ACS no longer has, and returns the caller's current user, if another request has replaced it.
   * The entry stays until `reconcile` has asked ACS a second time.
   */
  async function replace(user: KnownUser, caller: Caller, cause: unknown): Promise<KnownUser | undefined> {
    const current = await ledger.findCurrent(caller);
    if (current?.id !== user.id) return current;
    if (!(await isResourceConfirmed(user, AbortSignal.timeout(recentInMs)))) throw unknownUser(user, cause);
    log.warn({ acsUserId: user.acsUserId }, "ACS no longer has this user, so it is replaced");
    await ledger.retire(user.id);
    return undefined;
  }

  /** Creates a user, or waits for a creation that another request of the caller has started at this instance. */
  async function createShared(caller: Caller): Promise<KnownUser> {
    const key = JSON.stringify([caller.issuer, caller.subject]);
    const creation = creations.get(key) ?? create(caller).finally(() => creations.delete(key));
    creations.set(key, creation);
    return creation;
  }

  /** Creates a user. Isn't aborted with the request that started it, because others may wait for the same creation. */
  async function create(caller: Caller): Promise<KnownUser> {
    const id = randomUUID();
    if (!(await ledger.begin(id, caller))) {
      const current = await ledger.findCurrent(caller);
      if (current) return current;
      if (await offboarded.has(caller)) throw new OffboardedProblem();
      const waitInSeconds = await ledger.findWaitInSeconds(caller, creationLimitInSeconds);
      throw creationInProgress(Math.min(waitInSeconds, longestRetryAfterInSeconds));
    }
    const acsUserId = await createAtAcs(id);
    const state = await settle(id, caller, acsUserId);
    const user: KnownUser = { id, state, acsUserId };
    if (state === "current") return user;
    // This creation was given up, or another instance was first. `reconcile` removes a surplus user.
    const current = await ledger.findCurrent(caller);
    if (current) return current;
    if (await offboarded.has(caller)) throw new OffboardedProblem();
    throw tryLater("unavailable", "Your user was deleted while it was created. Try again.", 1);
  }

  async function createAtAcs(id: string): Promise<string> {
    try {
      return await acs.createUser(id, AbortSignal.timeout(creationLimitInSeconds * 1000));
    } catch (error) {
      const isLost = error instanceof LostCreation;
      if (isLost) report(error, id);
      const record = async () => void (await (isLost ? ledger.markUnanswered(id) : ledger.forget(id)));
      // If the database fails, too, the caller doesn't wait for it. A kill leaves the entry to the next reconciliation.
      await record().catch(() =>
        recordLater(record, { entry: id }, "The end of a creation isn't in the ledger yet"),
      );
      throw error;
    }
  }

  function report(lost: LostCreation, entry: string): LostCreation {
    log.warn({ entry, cause: describeCause(lost.cause) }, lost.message);
    return lost;
  }

  /** Records the user that ACS created, even if the database is down at first: its id must not get lost. */
  function settle(id: string, caller: Caller, acsUserId: string): Promise<LedgerState> {
    const record = () => ledger.settle(id, caller, acsUserId);
    return untilRecorded(record, { entry: id, acsUserId }, "A new user isn't in the ledger yet");
  }

  function recordLater(...work: Parameters<typeof untilRecorded>): void {
    untilRecorded(...work).catch(() => {});
  }

  /** Repeats what only this instance can tell the ledger until the ledger has it. */
  async function untilRecorded<Result>(
    record: () => Promise<Result>,
    fields: object,
    message: string,
  ): Promise<Result> {
    for (;;) {
      try {
        return await record();
      } catch (error) {
        log.error({ ...fields, cause: describeCause(error) }, message);
        if (isClosing) throw error;
        await sleep(1_000, undefined, { ref: false });
      }
    }
  }

  return { issueToken, revokeTokens, deleteUser, remove, revoke, close };
}

function ignoreGone(error: unknown): void {
  if (!isUserGone(error)) throw error;
}

function toIdentifier({ acsUserId }: KnownUser): { communicationUserId: string } {
  return { communicationUserId: acsUserId };
}

function unknownUser({ acsUserId }: KnownUser, cause: unknown): ConfigurationFault {
  const message = `ACS doesn't know ${acsUserId}, and no other user shows that this is the right resource: the entry stays`;
  return new ConfigurationFault("user", message, cause);
}

function creationInProgress(retryAfterInSeconds: number): Problem {
  const detail = "Your user is still being created, or its last creation failed. Try again later.";
  return tryLater("creation-in-progress", detail, retryAfterInSeconds);
}
