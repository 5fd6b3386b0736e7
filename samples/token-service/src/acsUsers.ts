import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CommunicationAccessToken,
  type CommunicationUserToken,
  isRestError,
  type TokenScope,
} from "acs-identity";
import { type AcsClients, isCredentialFault, isUserGone } from "./acs.js";
import { describeCause } from "./failures.js";
import { LimitReached } from "./limits.js";
import { type Caller, type LedgerEntry, type Store, StoreError } from "./store/store.js";

/** How often a creation is tried. */
const maxAttempts = 3;
/** Milliseconds. */
const longestCreation = 30_000;

/** The part of pino's logger that this service uses. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AcsUsersOptions {
  readonly store: Store;
  readonly clients: AcsClients;
  readonly usesCustomIds: boolean;
  readonly tokenLifetimeInMinutes: number;
  readonly log: Log;
}

/** Gives each caller one ACS user, and tokens for it. Every user has an entry in the ledger before it exists at ACS. */
export class AcsUsers {
  readonly #options: AcsUsersOptions;
  readonly #creations = new Map<string, Promise<LedgerEntry>>();
  /** Deletions that no request waits for. */
  readonly #background = new Set<Promise<void>>();

  constructor(options: AcsUsersOptions) {
    this.#options = options;
  }

  /**
   * Issues a new token for each call. Tokens aren't cached, because a cache would be one more secret to guard, and
   * would return revoked tokens.
   */
  async issueToken(
    caller: Caller,
    scopes: TokenScope[],
    abortSignal: AbortSignal,
  ): Promise<CommunicationUserToken> {
    const entry = await this.#currentUser(caller);
    try {
      return await this.#issueFor(entry, scopes, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      this.#options.log.warn(
        { acsUserId: entry.acsUserId },
        "ACS no longer has this user, so it is replaced",
      );
      await this.#options.store.forget(entry.id);
      return this.#issueFor(await this.#currentUser(caller), scopes, abortSignal);
    }
  }

  exchangeTeamsToken(
    exchange: {
      readonly teamsUserAadToken: string;
      readonly clientId: string;
      readonly userObjectId: string;
    },
    abortSignal: AbortSignal,
  ): Promise<CommunicationAccessToken> {
    return this.#options.clients.client.getTokenForTeamsUser({ ...exchange, abortSignal });
  }

  /** Revokes all tokens that were issued to the caller so far. */
  async revokeTokens(caller: Caller, abortSignal: AbortSignal): Promise<void> {
    const entry = await this.#options.store.findCurrent(caller);
    if (!entry) return;
    try {
      await this.#options.clients.client.revokeTokens(userOf(entry), { abortSignal });
    } catch (error) {
      if (!isUserGone(error)) throw error;
      await this.#options.store.forget(entry.id);
    }
  }

  /**
   * Deletes the caller's ACS user. Once the ledger has the deletion, it can't be undone: if a step fails here, the
   * caller's next attempt or `reconcile` finishes it.
   */
  async deleteUser(caller: Caller, abortSignal: AbortSignal): Promise<void> {
    for (const entry of await this.#options.store.startDeletion(caller))
      await this.remove(entry, abortSignal);
  }

  /** Revokes, deletes at ACS, and only then removes the entry, since ACS can't list users. Steps can be repeated. */
  async remove(entry: LedgerEntry, abortSignal: AbortSignal): Promise<void> {
    const { client } = this.#options.clients;
    try {
      // A surplus user never had a token.
      if (entry.state === "deleting") await client.revokeTokens(userOf(entry), { abortSignal });
      await client.deleteUser(userOf(entry), { abortSignal });
    } catch (error) {
      if (!isUserGone(error)) throw error;
    }
    await this.#options.store.forget(entry.id);
  }

  /**
   * Creates the ACS user of an entry, and returns its id.
   * @param mayExist - Whether an earlier attempt may have created it. If not, and ACS certainly creates none now, the
   * entry is removed.
   * @throws The error of the last attempt.
   */
  async createFor(id: string, mayExist: boolean): Promise<string> {
    const { store, clients, usesCustomIds } = this.#options;
    const abortSignal = AbortSignal.timeout(longestCreation);
    let isUncertain = mayExist;
    for (let attempt = 1; ; attempt++) {
      try {
        const options = { abortSignal, ...(usesCustomIds ? { customId: id } : {}) };
        return (await clients.creator.createUser(options)).communicationUserId;
      } catch (error) {
        isUncertain ||= mayHaveTakenEffect(error);
        if (!isUncertain) await store.forget(id);
        if (!usesCustomIds || attempt === maxAttempts || !mayHaveTakenEffect(error)) throw error;
        await sleep(2 ** attempt * 100 * (0.5 + Math.random() / 2), undefined, { signal: abortSignal });
      }
    }
  }

  /** Resolves when all creations and background deletions have ended. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#creations.values());
    await Promise.allSettled(this.#background);
  }

  async #issueFor(
    entry: LedgerEntry,
    scopes: TokenScope[],
    abortSignal: AbortSignal,
  ): Promise<CommunicationUserToken> {
    const user = userOf(entry);
    const { tokenLifetimeInMinutes: tokenExpiresInMinutes } = this.#options;
    const options = { tokenExpiresInMinutes, abortSignal };
    const { token, expiresOn } = await this.#options.clients.client.getToken(user, scopes, options);
    return { token, expiresOn, user };
  }

  /** Concurrent requests of a caller at this instance share one creation. */
  async #currentUser(caller: Caller): Promise<LedgerEntry> {
    const known = await this.#options.store.findCurrent(caller);
    if (known) return known;
    const key = JSON.stringify([caller.issuer, caller.subject]);
    const running = this.#creations.get(key);
    if (running) return running;
    const creation = this.#create(caller).finally(() => this.#creations.delete(key));
    this.#creations.set(key, creation);
    return creation;
  }

  /** Isn't aborted with the request that started it, because others may wait for the same creation. */
  async #create(caller: Caller, attempt = 1): Promise<LedgerEntry> {
    const { store, usesCustomIds } = this.#options;
    // With a `customId`, an entry stands for one ACS user, no matter how often or by which instance it is created.
    const resumed = usesCustomIds ? await store.resume(caller) : undefined;
    const id = resumed ?? randomUUID();
    if (!resumed) await store.begin(id, caller);
    const acsUserId = await this.createFor(id, resumed !== undefined);
    const state = await store.settle(id, caller, acsUserId);
    const entry: LedgerEntry = { id, caller, state, acsUserId };
    if (state === "current") return entry;
    if (state === "surplus") this.#removeInBackground(entry);
    // Another instance was first, unless its user is already gone or a reconciliation gave this creation up.
    const current = await store.findCurrent(caller);
    if (current) return current;
    if (attempt === maxAttempts) throw new Error("Every created user was deleted again at once");
    return this.#create(caller, attempt + 1);
  }

  /** If the removal fails, `reconcile` repeats it. */
  #removeInBackground(entry: LedgerEntry): void {
    const removal = this.remove(entry, AbortSignal.timeout(longestCreation))
      .catch((error: unknown) => {
        const cause = describeCause(error);
        this.#options.log.warn({ entry: entry.id, cause }, "A surplus user wasn't deleted yet");
      })
      .finally(() => this.#background.delete(removal));
    this.#background.add(removal);
  }
}

function userOf({ id, acsUserId }: LedgerEntry): { communicationUserId: string } {
  if (acsUserId === undefined) throw new Error(`The entry ${id} of the ledger has no ACS user`);
  return { communicationUserId: acsUserId };
}

/** Returns whether ACS may have created a user despite the error: its answer was lost, or is a server error. */
function mayHaveTakenEffect(error: unknown): boolean {
  if (error instanceof LimitReached || error instanceof StoreError || isCredentialFault(error)) return false;
  if (!isRestError(error)) return true;
  const { statusCode, attempts } = error;
  return statusCode === undefined ? attempts !== 0 : statusCode === 408 || statusCode >= 500;
}
