import { base64Url, base64UrlDecode, utf8, utf8Decode } from "../wire/bytes.js";

export type Claims = Readonly<Record<string, unknown>>;

export interface Jwt {
  readonly header: Claims;
  readonly claims: Claims;
  /** Header and payload as signed. */
  readonly signed: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Parses a token without verifying it. Returns undefined if it isn't a JWT.
 * @param options - `isPaddingAllowed`: accept base64url with `=` at its end, which a JWT doesn't have.
 */
export function readJwt(
  token: string,
  { isPaddingAllowed = false }: { readonly isPaddingAllowed?: boolean } = {},
): Jwt | undefined {
  const [header, payload, signature, more] = token.split(".");
  if (!header || !payload || signature === undefined || more !== undefined) return undefined;
  const plain = (part: string) => (isPaddingAllowed ? part.replace(/={1,2}$/, "") : part);
  const parts = {
    header: readClaims(plain(header)),
    claims: readClaims(plain(payload)),
    bytes: base64UrlDecode(plain(signature)),
  };
  if (!parts.header || !parts.claims || !parts.bytes) return undefined;
  return {
    header: parts.header,
    claims: parts.claims,
    signed: `${header}.${payload}`,
    signature: parts.bytes,
  };
}

/** The latest time that 32 bits can hold, in seconds since 1970. It is in the year 2106. */
export const lastSecond: number = 0xffffffff;

/** When a token expires, in milliseconds since 1970, or why it isn't valid: in words that follow "it". */
type Expiry = { readonly time: number; readonly problem?: undefined } | { readonly problem: string };

/** @param time - Milliseconds since 1970. */
export function checkedExpiry({ exp }: Claims, time: number): Expiry {
  if (typeof exp !== "number") return { problem: "has no expiry (claim exp)" };
  if (exp > lastSecond) {
    const unit = exp < lastSecond * 1000 ? ": its claim exp is in milliseconds, not in seconds" : "";
    return { problem: `expires after the year 2106${unit}` };
  }
  if (exp * 1000 > time) return { time: exp * 1000 };
  return { problem: `expired ${Math.round(time / 1000 - exp)} s ago` };
}

/** Converts a claim in seconds since 1970, such as `exp`. Returns undefined if it isn't a date. */
export function claimDate(claim: unknown): Date | undefined {
  const date = new Date(typeof claim === "number" ? claim * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Returns a claim's text, or an empty one for a claim of another type: some objects can't be turned into a string. */
export function claimText(claim: unknown): string {
  return typeof claim === "string" ? claim : "";
}

export function encodeClaims(claims: Claims): string {
  return base64Url(utf8(JSON.stringify(claims)));
}

export function readClaims(part: string): Claims | undefined {
  const bytes = base64UrlDecode(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}
