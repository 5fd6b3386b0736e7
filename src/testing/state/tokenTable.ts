import type { TokenIssued } from "./events.js";

const tokensPerPage = 1024;
const hourInSeconds = 3600;

/**
 * Issued tokens at 18 bytes each, without the JWT: a token proves itself by its signature, and this table is
 * there to list what is in circulation. Tokens leave by the machine's clock, an hour's pages together, when it
 * has run for as long as they live: the service's clock may be set forward and back again.
 */
export class TokenTable {
  /** By the hour of the machine's clock in which they may leave. */
  readonly #hours = new Map<number, Page[]>();
  readonly #scopeSets: string[] = [];
  readonly #scopeSetIds = new Map<string, number>();

  add(token: TokenIssued): void {
    const now = Date.now() / 1000;
    this.#dropExpired(now);
    const hour = Math.floor((now + token.expiresAt - token.issuedAt) / hourInSeconds);
    const pages = this.#hours.get(hour) ?? [];
    this.#hours.set(hour, pages);
    const last = pages.at(-1);
    const page = last && last.length < tokensPerPage ? last : new Page();
    if (page !== last) pages.push(page);
    page.push(token, this.#scopeSetId(token.scopes));
  }

  /** Tokens that are not expired, of these users if given, in no certain order. Seconds since 1970. */
  *list(now: number, users?: ReadonlySet<number>): Generator<TokenIssued> {
    this.#dropExpired(Date.now() / 1000);
    for (const pages of this.#hours.values()) {
      for (const page of pages) {
        for (let row = 0; row < page.length; row++) {
          if ((page.expiresAt[row] ?? 0) > now && (users === undefined || users.has(page.users[row] ?? 0))) {
            yield page.read(row, this.#scopeSets);
          }
        }
      }
    }
  }

  #dropExpired(now: number): void {
    const current = Math.floor(now / hourInSeconds);
    for (const hour of this.#hours.keys()) {
      if (hour < current) this.#hours.delete(hour);
    }
  }

  #scopeSetId(scopes: string): number {
    let id = this.#scopeSetIds.get(scopes);
    if (id === undefined) {
      id = this.#scopeSets.push(scopes) - 1;
      this.#scopeSetIds.set(scopes, id);
    }
    return id;
  }
}

class Page {
  length = 0;
  readonly users = new Uint32Array(tokensPerPage);
  readonly issuedAt = new Uint32Array(tokensPerPage);
  readonly expiresAt = new Uint32Array(tokensPerPage);
  readonly #tokens = new Uint32Array(tokensPerPage);
  readonly #scopes = new Uint16Array(tokensPerPage);

  push(token: TokenIssued, scopes: number): void {
    const row = this.length++;
    this.users[row] = token.user;
    this.issuedAt[row] = token.issuedAt;
    this.expiresAt[row] = token.expiresAt;
    this.#tokens[row] = token.token;
    this.#scopes[row] = scopes;
  }

  read(row: number, scopeSets: readonly string[]): TokenIssued {
    return {
      type: "tokenIssued",
      token: this.#tokens[row] ?? 0,
      user: this.users[row] ?? 0,
      scopes: scopeSets[this.#scopes[row] ?? 0] ?? "",
      issuedAt: this.issuedAt[row] ?? 0,
      expiresAt: this.expiresAt[row] ?? 0,
    };
  }
}
