import type { ListedToken, NewToken } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";

/** By number and date, since numbers repeat after a reset with a seed. */
const texts = new Map<string, string>();

const keyOf = ({ number, issuedAt }: ListedToken) => `${number} ${issuedAt}`;

/** Keeps a token in the page's memory, also past its expiry, when the emulator doesn't give it anymore. */
export function rememberToken(token: NewToken): void {
  texts.set(keyOf(token), token.token);
}

export async function fetchToken(token: ListedToken): Promise<string> {
  const text = texts.get(keyOf(token)) ?? (await adminApi.token(token.number));
  texts.set(keyOf(token), text);
  return text;
}

/** Returns a token's claims. @throws Error if it isn't a JWT. */
export function claims(token: string): Record<string, unknown> {
  const base64 = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof parsed !== "object" || parsed === null) throw new TypeError("The token has no claims.");
  return parsed as Record<string, unknown>;
}

/** Keeps one user's expired tokens. The emulator forgets them, but people want to see a token expire. */
export class ExpiredTokens {
  #seen: readonly ListedToken[] = [];

  /** Returns the user's tokens, newest first, including those that were listed before and have expired since. */
  merge(tokens: readonly ListedToken[], now: number): readonly ListedToken[] {
    const listed = new Set(tokens.map(({ number }) => number));
    const expired = this.#seen.filter(
      ({ number, expiresOn }) => !listed.has(number) && Date.parse(expiresOn) <= now,
    );
    this.#seen = [...tokens, ...expired]
      .sort((one, other) => other.number - one.number)
      .slice(0, Math.max(keptTokens, tokens.length));
    return this.#seen;
  }
}

const keptTokens = 8;
