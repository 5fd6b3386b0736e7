import {
  type CommunicationIdentityClient,
  type CommunicationUserIdentifier,
  type CommunicationUserToken,
  isRestError,
  type TokenScope,
} from "acs-identity";
import type { Caller, UserStore } from "./userStore.js";

/** Gives each caller one ACS user, and tokens for it. */
export class CallerTokens {
  readonly #client: CommunicationIdentityClient;
  readonly #store: UserStore;
  readonly #scopes: TokenScope[];
  readonly #creations = new Map<string, Promise<CommunicationUserIdentifier>>();

  /** @param scopes - What every token permits: for the server to say, not for the caller. */
  constructor(client: CommunicationIdentityClient, store: UserStore, scopes: TokenScope[]) {
    this.#client = client;
    this.#store = store;
    this.#scopes = scopes;
  }

  /**
   * Issues a token, on demand each time. Tokens are kept nowhere: a store of them is one more secret to guard and
   * would go on handing out revoked ones, and the service issues a thousand in 30 seconds.
   */
  async issue(caller: Caller, abortSignal: AbortSignal): Promise<CommunicationUserToken> {
    const user = await this.#userOf(caller);
    try {
      return await this.#issueFor(user, abortSignal);
    } catch (error) {
      if (!isUserGone(error)) throw error;
      this.#store.remove(caller, user.communicationUserId);
      return this.#issueFor(await this.#userOf(caller), abortSignal);
    }
  }

  /** Ends every session: no token that was issued so far is good any longer. */
  async revoke(caller: Caller, abortSignal: AbortSignal): Promise<void> {
    const user = this.#find(caller);
    if (!user) return;
    try {
      await this.#client.revokeTokens(user, { abortSignal });
    } catch (error) {
      if (!isUserGone(error)) throw error;
      this.#store.remove(caller, user.communicationUserId);
    }
  }

  /** Deletes the ACS user and forgets it. In this order: the service can't list users that nobody knows. */
  async delete(caller: Caller, abortSignal: AbortSignal): Promise<void> {
    const user = this.#find(caller);
    if (!user) return;
    await this.#deleteUser(user, abortSignal);
    this.#store.remove(caller, user.communicationUserId);
  }

  async #issueFor(
    user: CommunicationUserIdentifier,
    abortSignal: AbortSignal,
  ): Promise<CommunicationUserToken> {
    const { token, expiresOn } = await this.#client.getToken(user, this.#scopes, { abortSignal });
    return { token, expiresOn, user };
  }

  /** Calls of one caller that come at once share one creation. */
  async #userOf(caller: Caller): Promise<CommunicationUserIdentifier> {
    const known = this.#find(caller);
    if (known) return known;
    const key = JSON.stringify([caller.issuer, caller.subject]);
    const running = this.#creations.get(key);
    if (running) return running;
    const creation = this.#create(caller).finally(() => this.#creations.delete(key));
    this.#creations.set(key, creation);
    return creation;
  }

  /** Without a caller's signal: others wait for the same creation, and half of one leaves an orphan. */
  async #create(caller: Caller): Promise<CommunicationUserIdentifier> {
    const user = await this.#client.createUser();
    if (this.#store.insert(caller, user.communicationUserId)) return user;
    // Another process was first. Its user counts; ours, which nobody has seen, goes.
    await this.#deleteUser(user).catch((error: unknown) =>
      console.warn(`Not deleted, and in no list: ${user.communicationUserId}: ${error}`),
    );
    return this.#find(caller) ?? this.#create(caller);
  }

  async #deleteUser(user: CommunicationUserIdentifier, abortSignal?: AbortSignal): Promise<void> {
    try {
      await this.#client.deleteUser(user, abortSignal ? { abortSignal } : {});
    } catch (error) {
      if (!isUserGone(error)) throw error;
    }
  }

  #find(caller: Caller): CommunicationUserIdentifier | undefined {
    const id = this.#store.find(caller);
    return id === undefined ? undefined : { communicationUserId: id };
  }
}

/** The user was deleted elsewhere, or belongs to another resource. Other 401s mean a wrong key. */
function isUserGone(error: unknown): boolean {
  return isRestError(error) && error.code === "IdentityNotOwned";
}
