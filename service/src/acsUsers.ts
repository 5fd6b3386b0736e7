import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type CommunicationUserToken, isRestError, type TokenScope } from "acs-identity";
import type { BaseLogger } from "pino";
import { type AcsClients, isUserGone } from "./acs.js";
import { describeCause, unavailable } from "./failures.js";
import { ConfigurationFault, Problem } from "./problem.js";
import { type Caller, type KnownUser, type LedgerState, resourceOf, type Store } from "./store/store.js";

/** How long ACS may take to create a user, in seconds. */
const creationLimitInSeconds = 10;
/** A success this long ago still shows that the credential and the resource are the right ones. */
const recentInMs = 60_000;

export type Log = Pick<BaseLogger, "info" | "warn" | "error">;

export interface AcsUsersOptions {
  readonly store: Store;
  readonly clients: AcsClients;
  readonly tokenLifetimeInMinutes: number;
  readonly log: Log;
}

type Success = Pick<KnownUser, "acsUserId"> & { readonly at: number };

/** Gives each caller one ACS user, and tokens for it. Every user has an entry in the ledger before it exists at ACS. */
export class AcsUsers {
  readonly #options: AcsUsersOptions;
  readonly #creations = new Map<string, Promise<KnownUser>>();
  #isClosing = false;
  /** The last two users for which ACS did something. */
  #successes: readonly Success[] = [];

  constructor(options: AcsUsersOptions) {
    this.#options = options;
  }

  /**
   * Issues a new token for each call. Tokens aren't cached, because a cache would be one more secret to guard, and
   * would return revoked tokens.
   * @param known - The caller's current user, if there is one.
   */
  async issueToken(
    caller: Caller,
    known: KnownUser | undefined,
    scopes: TokenScope[],
    abortSignal: AbortSignal,
  ): Promise<CommunicationUserToken> {
    const user = known ?? (await this.#createShared(caller));
    try {
      return await this.#issueFor(user, scopes, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      // ACS named a user of another resource, so nobody knows the one that it created.
      if (!known && (await this.#options.store.markUnanswered(user.id))) {
        this.#options.log.warn({ entry: user.id, cause: describeCause(error) }, lostAnswer);
        throw unavailable(error);
      }
      const replacement = await this.#replace(user, caller, error);
      return this.#issueFor(replacement ?? (await this.#createShared(caller)), scopes, abortSignal);
    }
  }

  /** Revokes all tokens that were issued to the caller so far. */
  async revokeTokens(caller: Caller, user: KnownUser | undefined, abortSignal: AbortSignal): Promise<void> {
    if (!user) return;
    try {
      await this.#revoke(user, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      // The tokens of a user that is gone aren't valid anymore.
      await this.#replace(user, caller, error);
    }
  }

  /**
   * Deletes the caller's ACS user. Once the ledger has the deletion, it can't be undone: if a step fails here, the
   * caller's next attempt or `reconcile` finishes it.
   * @returns The ids of the users that are gone.
   */
  async deleteUser(caller: Caller, abortSignal: AbortSignal): Promise<string[]> {
    const started = await this.#options.store.startDeletion(caller, creationLimitInSeconds);
    if ("waitInSeconds" in started) throw creationInProgress(started.waitInSeconds);
    for (const user of started.users) await this.remove(user, abortSignal);
    return started.users.map(({ acsUserId }) => acsUserId);
  }

  /**
   * Revokes, deletes at ACS, and only then removes the entry, since ACS can't list users. Steps can be repeated, and
   * others may do the same at the same time.
   */
  async remove(user: KnownUser, abortSignal: AbortSignal): Promise<void> {
    const { clients, store } = this.#options;
    await this.revoke(user, abortSignal);
    try {
      await clients.for("deleteUser").deleteUser(toIdentifier(user), { abortSignal });
    } catch (error) {
      if (!isUserGone(error)) throw error;
    }
    await store.forget(user.id);
  }

  /** Revokes all tokens of a user, and records it. Does the same if ACS certainly no longer has the user. */
  async revoke(user: KnownUser, abortSignal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    try {
      await this.#revoke(user, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      const isGone = (await store.wasKnown(user.id)) || (await this.#isResourceConfirmed(user, abortSignal));
      if (!isGone) throw unknownUser(user, error);
    }
    await store.markRevoked(user.id);
  }

  /** Waits a moment for creations. What isn't finished then is left to `reconcile`. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const rest = Promise.allSettled(this.#creations.values());
    await Promise.race([rest, sleep(2_000, undefined, { ref: false })]);
  }

  async #issueFor(
    user: KnownUser,
    scopes: TokenScope[],
    abortSignal: AbortSignal,
  ): Promise<CommunicationUserToken> {
    const { clients, tokenLifetimeInMinutes: tokenExpiresInMinutes } = this.#options;
    const identifier = toIdentifier(user);
    const options = { tokenExpiresInMinutes, abortSignal };
    const { token, expiresOn } = await clients.for("getToken").getToken(identifier, scopes, options);
    this.#succeeded(user);
    return { token, expiresOn, user: identifier };
  }

  async #revoke(user: KnownUser, abortSignal: AbortSignal): Promise<void> {
    await this.#options.clients.for("revokeTokens").revokeTokens(toIdentifier(user), { abortSignal });
    this.#succeeded(user);
  }

  #succeeded({ acsUserId }: KnownUser): void {
    const before = this.#successes.filter((each) => each.acsUserId !== acsUserId);
    this.#successes = [{ acsUserId, at: Date.now() }, ...before].slice(0, 2);
  }

  /**
   * ACS answers the same if the service is connected to another resource. So its response counts only if at about the
   * same time it did something for another user of the same resource. If there was no call, this makes one.
   */
  async #isResourceConfirmed(user: KnownUser, abortSignal: AbortSignal): Promise<boolean> {
    const isConfirming = ({ acsUserId, at }: Success) =>
      acsUserId !== user.acsUserId &&
      resourceOf(acsUserId) === resourceOf(user.acsUserId) &&
      Date.now() - at < recentInMs;
    if (this.#successes.some(isConfirming)) return true;
    const another = await this.#options.store.findAnother(user);
    if (another) {
      // Nobody receives the token.
      await this.#issueFor(another, ["chat.join.limited"], abortSignal).catch((error: unknown) => {
        if (!isUserGone(error)) throw error;
      });
    }
    return this.#successes.some(isConfirming);
  }

  /**
   * Retires a user that ACS no longer has, and returns the caller's current user, if another request has replaced it.
   * The entry stays until `reconcile` has asked ACS a second time.
   */
  async #replace(user: KnownUser, caller: Caller, cause: unknown): Promise<KnownUser | undefined> {
    const { store, log } = this.#options;
    const current = await store.findCurrent(caller);
    if (current?.id !== user.id) return current;
    if (!(await this.#isResourceConfirmed(user, AbortSignal.timeout(recentInMs))))
      throw unknownUser(user, cause);
    log.warn({ acsUserId: user.acsUserId }, "ACS no longer has this user, so it is replaced");
    await store.retire(user.id);
    return undefined;
  }

  /** Concurrent requests of a caller at this instance share one creation. */
  async #createShared(caller: Caller): Promise<KnownUser> {
    const key = JSON.stringify([caller.issuer, caller.subject]);
    const running = this.#creations.get(key);
    if (running) return running;
    const creation = this.#create(caller).finally(() => this.#creations.delete(key));
    this.#creations.set(key, creation);
    return creation;
  }

  /** Isn't aborted with the request that started it, because others may wait for the same creation. */
  async #create(caller: Caller): Promise<KnownUser> {
    const { store } = this.#options;
    const id = randomUUID();
    if (!(await store.begin(id, caller))) {
      const current = await store.findCurrent(caller);
      if (current) return current;
      throw creationInProgress(await store.waitOf(caller, creationLimitInSeconds));
    }
    const acsUserId = await this.#createAtAcs(id);
    const state = await this.#settle(id, caller, acsUserId);
    const user: KnownUser = { id, state, acsUserId };
    if (state === "current") return user;
    // This creation was given up, or another instance was first. `reconcile` removes a surplus user.
    const current = await store.findCurrent(caller);
    if (current) return current;
    throw new Problem(503, "unavailable", "Your user was deleted while it was created. Try again.", {
      retryAfterInSeconds: 1,
    });
  }

  async #createAtAcs(id: string): Promise<string> {
    const { store, clients, log } = this.#options;
    try {
      const { communicationUserId } = await clients.for("createUser").createUser({
        abortSignal: AbortSignal.timeout(creationLimitInSeconds * 1000),
        // Microsoft's support can look up a request by this id, even if its response was lost.
        requestOptions: { customHeaders: { "x-ms-client-request-id": id } },
      });
      if (!acsUserIdPattern.test(communicationUserId)) throw new Error("ACS answered without a user's id");
      return communicationUserId;
    } catch (error) {
      if (!clients.sentCreations.has(id) || isRefusal(error)) {
        await store.forget(id).catch(() => {});
        throw error;
      }
      log.warn({ entry: id, cause: describeCause(error) }, lostAnswer);
      // If the database fails, too, the entry stays `creating`, and is `unanswered` for the next reconciliation.
      await store.markUnanswered(id).catch(() => {});
      throw isRestError(error) ? error : unavailable(error);
    } finally {
      clients.sentCreations.delete(id);
    }
  }

  /** The id must not get lost while the database is down. */
  async #settle(id: string, caller: Caller, acsUserId: string): Promise<LedgerState> {
    const { store, log } = this.#options;
    for (;;) {
      try {
        return await store.settle(id, caller, acsUserId);
      } catch (error) {
        log.error(
          { entry: id, acsUserId, cause: describeCause(error) },
          "A new user isn't in the ledger yet",
        );
        if (this.#isClosing) throw error;
        await sleep(1_000, undefined, { ref: false });
      }
    }
  }
}

export const lostAnswer = "ACS didn't answer a creation with a user. One may exist that nobody can find";

/** `8:acs:<resource>_<user>`, and other words than `acs` in sovereign clouds. */
const acsUserIdPattern = /^8:[\w-]+:[\w-]+_[\w-]+$/;

function toIdentifier({ acsUserId }: KnownUser): { communicationUserId: string } {
  return { communicationUserId: acsUserId };
}

function unknownUser({ acsUserId }: KnownUser, cause: unknown): ConfigurationFault {
  const message = `ACS doesn't know ${acsUserId}, and no other user shows that this is the right resource: the entry stays`;
  return new ConfigurationFault("user", message, cause);
}

function creationInProgress(retryAfterInSeconds: number): Problem {
  const detail = "Your user is still being created, or its last creation failed. Try again later.";
  return new Problem(503, "creation-in-progress", detail, { retryAfterInSeconds });
}

/** Returns whether ACS has certainly created no user. Any other response may stand for one. */
function isRefusal(error: unknown): boolean {
  const status = isRestError(error) ? (error.statusCode ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 408;
}
