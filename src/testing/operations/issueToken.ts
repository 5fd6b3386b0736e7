import { seededBytes } from "../random.js";
import type { ServiceCore } from "../serviceCore.js";
import type { TokenIssued } from "../state/events.js";
import type { User } from "../state/serviceState.js";
import type { Draft } from "../state/store.js";
import { signAccessToken } from "../tokens/accessToken.js";

/** An access token as in a response body. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOn: string;
}

/** A token that is part of a change. It is signed once that is saved. */
export interface UnsignedToken {
  readonly issued: TokenIssued;
  /** The user's raw id. */
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** @param expiresAt - Milliseconds since 1970. */
export function issueToken(
  { clock }: ServiceCore,
  draft: Draft,
  user: User,
  scopes: readonly string[],
  expiresAt: number,
): UnsignedToken {
  const issued: TokenIssued = {
    type: "tokenIssued",
    token: draft.nextToken,
    user: user.number,
    scopes: scopes.join(","),
    issuedAt: Math.floor(clock.time / 1000),
    expiresAt: Math.floor(expiresAt / 1000),
  };
  draft.add(issued);
  return { issued, userId: user.id, expiresAt };
}

export async function signToken(
  { settings }: ServiceCore,
  { issued, userId, expiresAt }: UnsignedToken,
): Promise<IssuedToken> {
  const token = await signAccessToken(settings, { userId, ...issued });
  return { token, expiresOn: formatExpiry(expiresAt, settings.seed, issued.token) };
}

/** Formats a time as the service does, without a fraction: `2025-04-14T15:32:35+00:00`. */
export function formatSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}

/**
 * Formats an expiry as the service does: with up to seven fractional digits, no trailing zeros, and `+00:00`.
 * The digits beyond milliseconds are made up, so that tests find date parsers that can't read them.
 */
function formatExpiry(time: number, seed: string, token: number): string {
  const [high = 0, low = 0] = seededBytes(seed, token);
  const beyond = String((high * 256 + low) % 10_000).padStart(4, "0");
  const fraction = `${new Date(time).toISOString().slice(20, 23)}${beyond}`.replace(/0+$/, "");
  return formatSeconds(time).replace("+", fraction ? `.${fraction}+` : "+");
}
