import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from "jose";
import type { Caller } from "./caller.js";
import { Problem, tryLater } from "./problem.js";
import type { Settings } from "./settings.js";

/** The caller, and the claims in their token. */
export interface SignedIn {
  readonly caller: Caller;
  readonly claims: JWTPayload;
}

export type Authenticate = ReturnType<typeof createAuthenticate>;

/** Milliseconds for the issuer's keys, and the shortest time between two attempts to fetch them. */
const longestFetch = 5_000;
const largestKeySetInBytes = 1_000_000;

/** Checks who calls. */
export function createAuthenticate(settings: Settings) {
  const { tokenAudience: audience, tokenSubjectClaim: subjectClaim, tokenIssuer } = settings;
  const keys = createRemoteJWKSet(new URL(settings.tokenJwksUrl), {
    [customFetch]: fetchAtIntervals(),
    timeoutDuration: longestFetch,
    // They are refreshed in the background, and a token with an unknown key asks for them, too.
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: longestFetch,
  });
  const options: JWTVerifyOptions = {
    audience,
    // Asymmetric algorithms only: "none", and HMAC with a public key, are known attacks on verifiers.
    algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
    requiredClaims: ["iss", "exp"],
    clockTolerance: 60,
  };

  /** Tries each key if the token doesn't say which one it was signed with. */
  async function verify(token: string): Promise<JWTVerifyResult> {
    try {
      return await jwtVerify(token, keys, options);
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

  /** Verifies the `Authorization` header. Throws a `Problem` if it has no sign-in that is accepted. */
  async function authenticate(authorization: string | undefined): Promise<SignedIn> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
    if (!token) throw new Problem(401, "not-signed-in", "Send Authorization: Bearer <token of the sign-in>.");
    const { payload, protectedHeader } = await verify(token).catch((error: unknown) => {
      throw problemOf(error);
    });
    const issuer = String(payload.iss);
    if (issuer !== expectedIssuer(settings, payload) || !isKeyOfIssuer(protectedHeader, issuer)) {
      throw refusal("its issuer isn't one whose users may sign in here");
    }
    const subject = payload[subjectClaim];
    if (typeof subject !== "string" || subject === "") throw refusal(`it lacks the claim ${subjectClaim}`);
    // PostgreSQL refuses NUL, and two lone surrogates would become the same character.
    if (/[\p{Cc}\p{Cs}]/u.test(subject)) throw refusal(`the claim ${subjectClaim} isn't well-formed text`);
    return { caller: { issuer, subject }, claims: payload };
  }

  /** Fetches the issuer's keys. The ones that are known are used until this succeeds. */
  async function refreshKeys(): Promise<void> {
    if (!keys.coolingDown) await keys.reload();
  }
  return { authenticate, refreshKeys };
}

/** Callers with unknown keys can't make the service ask more often. */
function fetchAtIntervals(): FetchImplementation {
  let nextAt = 0;
  return async (url, options) => {
    if (Date.now() < nextAt)
      throw keysUnavailable(new Error("The issuer's keys: the last attempt was a moment ago"));
    nextAt = Date.now() + longestFetch;
    const response = await fetch(url, options).catch((error: unknown) => {
      throw keysUnavailable(error);
    });
    if (!response.ok) throw keysUnavailable(new Error(`The issuer's keys: status ${response.status}`));
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > largestKeySetInBytes)
        throw keysUnavailable(new Error("The issuer's keys: the response is too large"));
      chunks.push(chunk);
    }
    return new Response(Buffer.concat(chunks));
  };
}

function keysUnavailable(cause: unknown): Problem {
  const detail = "Sign-ins can't be checked at the moment. Try again later.";
  return tryLater("sign-in-unavailable", detail, undefined, cause);
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

function refusal(reason: string): Problem {
  return new Problem(401, "sign-in-refused", `The token of the sign-in is refused: ${reason}.`);
}

/** What jose throws if it can't read the issuer's keys. The generic one means that they aren't JSON. */
const keySetErrors: readonly string[] = ["ERR_JWKS_INVALID", "ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC"];

/** Returns the problem for what jose, or the fetch of the keys, throws. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JOSEError && keySetErrors.includes(error.code)) return keysUnavailable(error);
  if (error instanceof errors.JWTExpired) return refusal("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return refusal(`the claim ${error.claim} doesn't fit`);
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return refusal("its issuer didn't sign it");
  }
  // A malformed token, or one that names a key that can't be used.
  return refusal("it isn't a signed JWT that is accepted here");
}
