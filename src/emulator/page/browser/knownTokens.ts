import { adminApi, type ListedToken } from "./adminApi.js";

const texts = new Map<number, string>();

/** Keeps a token in the page's memory, and gives its number. */
export function rememberToken(token: string): number {
  const number = Number(claims(token).jti);
  texts.set(number, token);
  return number;
}

/** The token, when this page has seen it. */
export function knownToken({ number, issuedAt }: ListedToken): string | undefined {
  const token = texts.get(number);
  // After a reset under a seed, numbers come again.
  return token && Number(claims(token).iat) * 1000 === Date.parse(issuedAt) ? token : undefined;
}

export async function fetchToken(token: ListedToken): Promise<string> {
  const known = knownToken(token);
  if (known) return known;
  const fetched = await adminApi.token(token.number);
  texts.set(token.number, fetched);
  return fetched;
}

function claims(token: string): { jti?: string; iat?: number } {
  const base64 = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(base64)) as { jti?: string; iat?: number };
}

/** Expired tokens of one user: the emulator forgets them, and whoever looks on wants to see them expire. */
export class ExpiredTokens {
  #seen: readonly ListedToken[] = [];

  /** The tokens of the user, the newest first, with those that were seen before and have expired since. */
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
