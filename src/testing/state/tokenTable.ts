import type { TokenIssued } from "./events.js";

const secondsPerHour = 3600;

/**
 * Issued tokens without the JWT: a token proves itself by its signature, and this table is there to list what is
 * in circulation. Tokens leave by the machine's clock, an hour's together, when it has run for as long as they
 * live: the service's clock may be set forward and back again.
 */
export class TokenTable {
  /** By the hour of the machine's clock in which they may leave. */
  readonly #hours = new Map<number, TokenIssued[]>();

  add(token: TokenIssued): void {
    this.#dropExpired();
    const hour = Math.floor((Date.now() / 1000 + token.expiresAt - token.issuedAt) / secondsPerHour);
    const tokens = this.#hours.get(hour);
    if (tokens) tokens.push(token);
    else this.#hours.set(hour, [token]);
  }

  /** Tokens that are not expired, of these users if given, in no certain order. Seconds since 1970. */
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
