import {
  createRemoteJWKSet,
  errors,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from "jose";
import { Problem } from "./problem.js";
import type { SignInSettings } from "./settings.js";
import type { Caller } from "./store/store.js";

/** The caller, and the claims in their token. */
export interface SignedIn {
  readonly caller: Caller;
  readonly claims: JWTPayload;
}

/** Verifies the `Authorization` header. Throws a `Problem` if it has no sign-in that is accepted. */
export type Authenticate = (authorization: string | undefined) => Promise<SignedIn>;

export function createAuthenticate(settings: SignInSettings): Authenticate {
  const { audience, subjectClaim } = settings;
  const keys = createRemoteJWKSet(new URL(settings.jwksUrl));

  /** With several tenants, a key may be valid for only one of them. */
  function isKeyOfIssuer({ kid }: JWTHeaderParameters, issuer: string): boolean {
    const key: (JWK & { readonly issuer?: string }) | undefined = keys
      .jwks()
      ?.keys.find((each) => each.kid === kid);
    const keyIssuer = key?.issuer;
    return keyIssuer === undefined || keyIssuer === issuer || keyIssuer === settings.issuer;
  }

  return async (authorization) => {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
    if (!token) throw new Problem(401, "not-signed-in", "Send Authorization: Bearer <token of the sign-in>.");
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      audience,
      // Asymmetric algorithms only: "none", and HMAC with a public key, are known attacks on verifiers.
      algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
      requiredClaims: ["iss", "exp"],
      clockTolerance: 60,
    }).catch(refuse);
    const issuer = String(payload.iss);
    if (issuer !== expectedIssuer(settings, payload) || !isKeyOfIssuer(protectedHeader, issuer)) {
      throw refusal("its issuer isn't one whose users may sign in here");
    }
    const subject = payload[subjectClaim];
    if (typeof subject !== "string" || subject === "") throw refusal(`it lacks the claim ${subjectClaim}`);
    return { caller: { issuer, subject }, claims: payload };
  };
}

/** Returns undefined if the token's tenant may not sign in. */
function expectedIssuer({ issuer, tenants }: SignInSettings, { tid }: JWTPayload): string | undefined {
  if (!issuer.includes("{tenantid}")) return issuer;
  return typeof tid === "string" && tenants.includes(tid) ? issuer.replace("{tenantid}", tid) : undefined;
}

function refusal(reason: string): Problem {
  return new Problem(401, "sign-in-refused", `The token of the sign-in is refused: ${reason}.`);
}

/** These errors are the caller's fault. Any other means that the issuer's keys couldn't be fetched. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw refusal("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) throw refusal(`the claim ${error.claim} doesn't fit`);
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    throw refusal("its issuer didn't sign it");
  }
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  ) {
    throw refusal("it isn't a signed JWT that is accepted here");
  }
  throw new Problem(503, "sign-in-unavailable", "Sign-ins can't be checked at the moment. Try again later.", {
    cause: error,
    retryAfterInSeconds: 5,
  });
}
