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
 * Parses a token without verifying it. Returns undefined when it isn't a JWT.
 * @param decode - Decodes one of its three parts. Default: base64url without padding, as RFC 7515 has it.
 */
export function readJwt(token: string, decode: Decode = base64UrlDecode): Jwt | undefined {
  const [header, payload, signature, more] = token.split(".");
  if (!header || !payload || signature === undefined || more !== undefined) return undefined;
  const parts = {
    header: readClaims(header, decode),
    claims: readClaims(payload, decode),
    bytes: decode(signature),
  };
  if (!parts.header || !parts.claims || !parts.bytes) return undefined;
  return {
    header: parts.header,
    claims: parts.claims,
    signed: `${header}.${payload}`,
    signature: parts.bytes,
  };
}

/** Returns a claim, or an empty text if it's missing or no text. */
export function textClaim(claims: Claims, name: string): string {
  const value = claims[name];
  return typeof value === "string" ? value : "";
}

/** The latest time that 32 bits can hold, in seconds since 1970. It is in the year 2106. */
export const lastSecond: number = 0xffffffff;

/**
 * Returns when the token expires, in milliseconds since 1970, or a text that says why its expiry isn't valid.
 * @param time - Milliseconds since 1970.
 */
export function expiryOf({ exp }: Claims, time: number): number | string {
  if (typeof exp !== "number") return "has no expiry (claim exp)";
  if (exp > lastSecond) {
    const unit = exp < lastSecond * 1000 ? ": its claim exp is in milliseconds, not in seconds" : "";
    return `expires after the year 2106${unit}`;
  }
  return exp * 1000 > time ? exp * 1000 : `expired ${Math.round(time / 1000 - exp)} s ago`;
}

export function encodeClaims(claims: Claims): string {
  return base64Url(utf8(JSON.stringify(claims)));
}

type Decode = (part: string) => Uint8Array<ArrayBuffer> | undefined;

function readClaims(part: string, decode: Decode): Claims | undefined {
  const bytes = decode(part);
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
