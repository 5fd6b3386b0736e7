import { adminApi, type ListedToken } from "./adminApi.js";

const texts = new Map<number, string>();

/** Keeps a token in the memory of the page, and returns its number. */
export function rememberToken(token: string): number {
  const number = Number(claims(token).jti);
  texts.set(number, token);
  return number;
}

/** The token, when this page has seen it. */
export function knownToken({ number, issuedAt }: ListedToken): string | undefined {
  const token = texts.get(number);
  // With a seed, the same numbers come again after a reset.
  return token && Number(claims(token).iat) * 1000 === Date.parse(issuedAt) ? token : undefined;
}

export async function fetchToken(token: ListedToken): Promise<string> {
  const known = knownToken(token);
  if (known) return known;
  const fetched = await adminApi.token(token.number);
  texts.set(token.number, fetched);
  return fetched;
}

/** The content of a token. @throws Error when it isn't a JWT. */
export function claims(token: string): Record<string, unknown> {
  const base64 = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}

/** The expired tokens of one user. The emulator forgets them, but people want to see a token expire. */
export class ExpiredTokens {
  #seen: readonly ListedToken[] = [];

  /** The tokens of the user, newest first, with those that were listed before and have expired since. */
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
