import type { TokenIssued } from "./events.js";

const secondsPerHour = 3600;

/**
 * Holds issued tokens for listing, without their JWTs: verifying a token needs only its signature. Tokens are
 * dropped hourly, once the machine's clock has advanced by their lifetime. The service's clock can't decide,
 * because it may be set forward and back again.
 */
export class TokenTable {
  /** By the hour of the machine's clock after which the tokens may be dropped. */
  readonly #hours = new Map<number, TokenIssued[]>();

  add(token: TokenIssued): void {
    this.#dropExpired();
    const hour = Math.floor((Date.now() / 1000 + token.expiresAt - token.issuedAt) / secondsPerHour);
    const tokens = this.#hours.get(hour);
    if (tokens) tokens.push(token);
    else this.#hours.set(hour, [token]);
  }

  /** Yields unexpired tokens, of these users if given, in no particular order. `now` is in seconds since 1970. */
  *list(now: number, users?: ReadonlySet<number>): Generator<TokenIssued> {
    this.#dropExpired();
    for (const tokens of this.#hours.values()) {
      for (const token of tokens) {
        if (token.expiresAt > now && (users === undefined || users.has(token.user))) yield token;
      }
    }
  }

  #dropExpired(): void {
    const current = Math.floor(Date.now() / 1000 / secondsPerHour);
    for (const hour of this.#hours.keys()) {
      if (hour < current) this.#hours.delete(hour);
    }
  }
}
