import type { TypedKey } from "./accessKey.js";
import type { Revocation } from "./entries/user.js";
import type { TokenIssued } from "./events.js";
import { TokenTable } from "./tokenTable.js";

/** A key that replaced another one, and what that revoked. */
export type ReplacementKey = TypedKey & Revocation;

/** What both a token and the event that issued it say. */
export type TokenContent = Omit<TokenIssued, "type" | "user" | "keyType">;

interface Owner {
  readonly number: number;
  readonly revocations?: readonly Revocation[];
}

/** Knows which tokens were issued, and whether one that somebody shows is revoked or discarded. */
export class TokenHistory {
  readonly #table = new TokenTable();
  #latest: number;
  /** Tokens with a number up to and including this one are invalid, unless the table has them. */
  readonly discardedUpTo: number;

  constructor(latest = 0, discardedUpTo = 0) {
    this.#latest = latest;
    this.discardedUpTo = discardedUpTo;
  }

  get latest(): number {
    return this.#latest;
  }

  get next(): number {
    return Math.min(this.#latest + 1, Number.MAX_SAFE_INTEGER);
  }

  /** The highest number that a token ever had. */
  get highest(): number {
    return Math.max(this.#latest, this.discardedUpTo);
  }

  add(token: TokenIssued): void {
    this.#table.add(token);
    this.#latest = Math.max(this.#latest, token.token);
  }

  /** Yields tokens, oldest first. @param now - Leaves out those that have expired then, in seconds since 1970. */
  list(now?: number): Generator<TokenIssued> {
    return this.#table.list(now);
  }

  /** Returns when the token was first revoked, in milliseconds since 1970. Undefined if it wasn't. */
  revokedAt(
    { number, revocations = [] }: Owner,
    token: TokenContent,
    newKeys: readonly ReplacementKey[],
  ): number | undefined {
    const known = this.#table.get(token.token);
    // The numbers of an emulator that ran before without a data file say nothing about this one's.
    const isOwn = token.token <= this.#latest && (!known || this.#issued(token)?.user === number);
    const ofUser = revocations.filter(({ upTo, at }) =>
      isOwn ? token.token <= upTo : token.issuedAt * 1000 <= at,
    );
    const ofKey = newKeys.filter(
      ({ keyType, upTo }) => isOwn && known?.keyType === keyType && token.token <= upTo,
    );
    const times = [...ofUser, ...ofKey].map(({ at }) => at);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Returns whether the token was issued before a reset or a restore that doesn't have it. */
  isDiscarded(token: TokenContent, user: Owner | undefined): boolean {
    const owner = this.#issued(token)?.user;
    const isOther = owner === undefined || (user !== undefined && user.number !== owner);
    return token.token <= this.discardedUpTo && isOther;
  }

  /** Returns the event that issued the token. With a seed, numbers start anew, but a token with the same content is the same one. */
  #issued({ token, scopes, issuedAt, expiresAt }: TokenContent): TokenIssued | undefined {
    const known = this.#table.get(token);
    const isSame = known?.scopes === scopes && known.issuedAt === issuedAt && known.expiresAt === expiresAt;
    return isSame ? known : undefined;
  }
}
