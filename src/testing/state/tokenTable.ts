import type { TokenIssued } from "./events.js";

/**
 * Holds issued tokens for listing, without their JWTs: verifying a token needs only its signature. A token is dropped
 * some time after the machine's clock has advanced by its lifetime. The service's clock can't decide, because it may
 * be set forward and back again.
 */
export class TokenTable {
  readonly #tokens = new Map<number, { readonly token: TokenIssued; readonly dropAt: number }>();
  /** The number of tokens at which the next search for old ones is worth its time. */
  #fullAt = 1000;

  add(token: TokenIssued): void {
    const now = Date.now() / 1000;
    if (this.#tokens.size >= this.#fullAt) {
      for (const [number, { dropAt }] of this.#tokens) if (dropAt < now) this.#tokens.delete(number);
      this.#fullAt = Math.max(1000, this.#tokens.size * 2);
    }
    this.#tokens.set(token.token, { token, dropAt: now + token.expiresAt - token.issuedAt });
  }

  get(number: number): TokenIssued | undefined {
    return this.#tokens.get(number)?.token;
  }

  /** Yields tokens, oldest first. @param now - Leaves out those that have expired then, in seconds since 1970. */
  *list(now: number = 0): Generator<TokenIssued> {
    for (const { token } of this.#tokens.values()) if (token.expiresAt > now) yield token;
  }
}
