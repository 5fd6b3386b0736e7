import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type FetchImplementation,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from "jose";
import { atIntervals } from "./atIntervals.js";
import type { Caller } from "./caller.js";
import { describeCause, type Log } from "./log.js";
import { metrics, timed } from "./metrics.js";
import { Problem, tryLater } from "./problem.js";
import type { Settings } from "./settings.js";
import { SignInRefused } from "./signInRefused.js";

/** The caller, and the claims in their token. */
export interface SignedIn {
  readonly caller: Caller;
  readonly claims: JWTPayload;
}

export type Authenticate = ReturnType<typeof createAuthenticate>;

/** Milliseconds for the issuer's keys, and the shortest time between two attempts to fetch them. */
const longestFetch = 5_000;
const largestKeySetInBytes = 1_000_000;
/** OpenID Connect's limit for `sub`. The database's index takes about ten times as much. */
const longestSubject = 255;
/** The latest time that a `Date` can have, in seconds since 1970. */
const latestTimeInSeconds = 8.64e12;
/** How far the clocks of the issuer and of this machine may differ. */
const clockToleranceInSeconds = 60;

/** Checks who calls. */
export function createAuthenticate(settings: Settings) {
  const { tokenAudience: audience, tokenSubjectClaim: subjectClaim, tokenIssuer } = settings;
  const refusalsToLog = atIntervals(60_000);
  /** How far this machine's clock is ahead of the issuer's. */
  let clockOffsetInMs = 0;
  /** When the keys were asked for last, and when those that are known were, by a clock that nobody can set. */
  let askedAt = Number.NEGATIVE_INFINITY;
  let keysFrom = Number.NEGATIVE_INFINITY;
  const keys = createRemoteJWKSet(new URL(settings.tokenJwksUrl), {
    [customFetch]: async (...request) => {
      askedAt = performance.now();
      const { text, headers } = await timed("issuer", () => fetchKeys(...request));
      clockOffsetInMs = offsetFrom(headers) ?? clockOffsetInMs;
      return new Response(text);
    },
    timeoutDuration: longestFetch,
    // jose would decide by the clock of the machine when to ask again, so `refreshKeys` does.
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: Number.POSITIVE_INFINITY,
  });
  const findKey: JWTVerifyGetKey = async (...token) => {
    try {
      return await keys(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refreshKeys();
      return keys(...token);
    }
  };
  const options: JWTVerifyOptions = {
    audience,
    // Asymmetric algorithms only: "none", and HMAC with a public key, are known attacks on verifiers.
    algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
    requiredClaims: ["iss", "exp"],
    clockTolerance: clockToleranceInSeconds,
  };

  /** Tries each key if the token doesn't say which one it was signed with. */
  async function verify(token: string): Promise<JWTVerifyResult> {
    try {
      return await jwtVerify(token, findKey, options);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      for await (const key of error) {
        const result = await jwtVerify(token, key, options).catch((cause: unknown) => {
          if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
        });
        if (result) return result;
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  /** With several tenants, a key may be valid for only one of them. */
  function isKeyOfIssuer({ kid }: JWTHeaderParameters, issuer: string): boolean {
    const candidates: readonly (JWK & { readonly issuer?: string })[] = keys.jwks()?.keys ?? [];
    return candidates
      .filter((key) => kid === undefined || key.kid === kid)
      .every((key) => key.issuer === undefined || key.issuer === issuer || key.issuer === tokenIssuer);
  }

  /**
   * Returns whether a token says that it is for this service, which isn't verified. Any other one is refused whatever key it
   * names.
   */
  function isMeantForUs(token: string): boolean {
    try {
      const payload = decodeJwt(token);
      return payload.iss === expectedIssuer(settings, payload) && [payload.aud].flat().includes(audience);
    } catch {
      return false;
    }
  }

  async function check(authorization: string | undefined): Promise<SignedIn> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
    if (!token) throw new Problem("not-signed-in", "Send Authorization: Bearer <token of the sign-in>.");
    const receivedAt = performance.now();
    const { payload, protectedHeader } = await verify(token).catch((error: unknown) => {
      const isUnknownKey = error instanceof errors.JWKSNoMatchingKey;
      throw isUnknownKey && keysFrom < receivedAt && isMeantForUs(token)
        ? unknownKey()
        : toProblem(error, clockOffsetInMs);
    });
    const { iss: issuer = "", exp = 0 } = payload;
    if (exp > latestTimeInSeconds) throw new SignInRefused("unreadable", "the claim exp isn't a time");
    const refuseIssuer = (cause: string) =>
      new SignInRefused("issuer", "its issuer isn't one whose users may sign in here", cause);
    if (issuer !== expectedIssuer(settings, payload)) throw refuseIssuer(quote(issuer));
    if (!isKeyOfIssuer(protectedHeader, issuer))
      throw refuseIssuer(`${quote(issuer)}, but the key of TOKEN_JWKS_URL is for another one`);
    const subject = payload[subjectClaim];
    if (typeof subject !== "string" || subject === "")
      throw new SignInRefused("subject", `it lacks the claim ${subjectClaim}`);
    if (subject.length > longestSubject) {
      const limit = `has more than ${longestSubject} characters`;
      throw new SignInRefused("subject", `the claim ${subjectClaim} ${limit}`);
    }
    // PostgreSQL refuses NUL, and two lone surrogates would become the same character.
    if (/[\p{Cc}\p{Cs}]/u.test(subject))
      throw new SignInRefused("subject", `the claim ${subjectClaim} isn't well-formed text`);
    return { caller: { issuer, subject }, claims: payload };
  }

  /** Verifies the `Authorization` header. Throws a `Problem` if it has no sign-in that is accepted. */
  function authenticate(authorization: string | undefined, log: Log): Promise<SignedIn> {
    return check(authorization).catch((error: unknown) => {
      if (error instanceof SignInRefused) report(error, log);
      throw error;
    });
  }

  /** Warns of what is probably the operators' fault, but not for each caller. */
  function report({ reason, suspicion, cause }: SignInRefused, log: Log): void {
    metrics.signInRefusals.add(1, { reason });
    const times = suspicion ? refusalsToLog(reason) : undefined;
    if (times) log.warn({ reason, times, cause: describeCause(cause) }, suspicion);
  }

  /**
   * Fetches the issuer's keys, unless that was tried a moment ago: callers with unknown keys can't make the service ask more
   * often. The ones that are known are used until this succeeds.
   */
  async function refreshKeys(): Promise<void> {
    if (keys.reloading || performance.now() - askedAt >= longestFetch) {
      await keys.reload();
      keysFrom = askedAt;
    } else if (keysFrom < askedAt) {
      throw keysUnavailable(new Error("The issuer's keys: the last attempt was a moment ago"));
    }
  }

  return { authenticate, refreshKeys };
}

async function fetchKeys(...request: Parameters<FetchImplementation>) {
  const response = await fetch(...request).catch((error: unknown) => {
    throw keysUnavailable(error);
  });
  const { ok, status, headers } = response;
  if (!ok) throw keysUnavailable(new Error(`The issuer's keys: status ${status}`));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largestKeySetInBytes)
      throw keysUnavailable(new Error("The issuer's keys: the response is too large"));
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks);
  if (isEmptySet(text)) throw keysUnavailable(new Error("The issuer's keys: there is none"));
  return { text, headers };
}

/** Tells whether a set has no key, so that it must not take the place of good keys. jose refuses what isn't a set of keys. */
function isEmptySet(text: Buffer): boolean {
  try {
    return JSON.parse(text.toString()).keys.length === 0;
  } catch {
    return false;
  }
}

/** Returns how far this machine's clock is ahead of the server's, in milliseconds. A cached response says how old it is. */
function offsetFrom(headers: Headers): number | undefined {
  const offset = Date.now() - Date.parse(headers.get("Date") ?? "") - Number(headers.get("Age")) * 1000;
  return Number.isNaN(offset) ? undefined : offset;
}

function keysUnavailable(cause: unknown): Problem {
  const detail = "Sign-ins can't be checked at the moment. Try again later.";
  return tryLater("sign-in-unavailable", detail, undefined, cause);
}

function unknownKey(): Problem {
  const detail = "The token of the sign-in names a key that isn't known yet. Try again later.";
  return tryLater("unknown-key", detail);
}

/** Returns undefined if the token's tenant may not sign in. */
function expectedIssuer(
  { tokenIssuer: issuer, tokenTenants }: Settings,
  { tid }: JWTPayload,
): string | undefined {
  if (!issuer.includes("{tenantid}")) return issuer;
  return typeof tid === "string" && tokenTenants.includes(tid)
    ? issuer.replace("{tenantid}", tid)
    : undefined;
}

/** Returns a claim for the log. */
function quote(claim: unknown): string {
  return `it is ${JSON.stringify(claim)?.slice(0, 200)}`;
}

/** What jose throws if it can't read the issuer's keys. The generic one means that they aren't JSON. */
const keySetErrors: readonly string[] = ["ERR_JWKS_INVALID", "ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC"];

/** Returns the problem for what jose, or the fetch of the keys, throws. */
function toProblem(error: unknown, clockOffsetInMs: number): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JOSEError && keySetErrors.includes(error.code)) return keysUnavailable(error);
  const clocks = `this clock is ${Math.round(clockOffsetInMs / 1000)} s ahead of the issuer's`;
  if (error instanceof errors.JWTExpired) {
    // Callers do send old tokens. Only the issuer's clock tells whether this is one.
    const isClockWrong = Math.abs(clockOffsetInMs) > clockToleranceInSeconds * 1000;
    return isClockWrong
      ? new SignInRefused("clock", "it has expired", clocks)
      : new SignInRefused("expired", "it has expired");
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const text = `the claim ${error.claim} doesn't fit`;
    if (error.claim === "aud") return new SignInRefused("audience", text, quote(error.payload.aud));
    // No issuer makes a token that isn't valid yet.
    return error.claim === "nbf"
      ? new SignInRefused("clock", text, clocks)
      : new SignInRefused("unreadable", text);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return new SignInRefused("signature", "its issuer didn't sign it");
  }
  // A malformed token, or one that names a key that can't be used.
  return new SignInRefused("unreadable", "it isn't a signed JWT that is accepted here");
}
