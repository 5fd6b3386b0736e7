import { checkedExpiry } from "../../jwt/jwt.js";
import { signForOwnUse, verifiedClaims } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";
import { base64Url, sha256 } from "../../wire/bytes.js";
import { EntraError, invalidGrant } from "../errors/entraError.js";

const codeLifetimeInSeconds = 600;

/** How many redeemed codes are remembered. Anybody can send such requests, so there is a limit. */
const mostRedeemedCodes = 10_000;

/** The contents of an authorization code: what the user agreed to. */
export interface AuthorizationCode {
  readonly clientId: string;
  readonly objectId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce?: string | undefined;
  /** The PKCE challenge (RFC 7636), prefixed with its method: `S256 …`. */
  readonly challenge?: string | undefined;
}

export async function createCode({ clock }: Fake, content: AuthorizationCode): Promise<string> {
  return signForOwnUse("code", {
    ...content,
    jti: crypto.randomUUID(),
    exp: clock.wallSeconds + codeLifetimeInSeconds,
  });
}

interface IssuedCode extends AuthorizationCode {
  readonly jti: string;
}

/** @throws EntraError if the code isn't valid or isn't this client's. */
export async function readCode(
  { clock }: Fake,
  text: string,
  by: { readonly clientId: string; readonly redirectUri: string; readonly verifier: string | null },
): Promise<IssuedCode> {
  const claims = await verifiedClaims("code", text);
  if (!claims) throw invalidGrant("AADSTS9002313: Invalid request. The code is malformed or invalid.");
  const code = claims as unknown as IssuedCode;
  if (checkedExpiry(claims, clock.wallTime).problem) {
    throw invalidGrant("AADSTS70008: The provided authorization code or refresh token has expired.");
  }
  if (code.clientId !== by.clientId) {
    throw invalidGrant("AADSTS70000: The provided code was issued to another application.");
  }
  if (code.redirectUri !== by.redirectUri) {
    throw invalidGrant(
      `AADSTS500112: The reply address '${by.redirectUri.slice(0, 200)}' does not match the reply address '${code.redirectUri}' provided when requesting Authorization code.`,
    );
  }
  if (!(await isAnswered(code.challenge, by.verifier))) {
    throw invalidGrant(
      "AADSTS501481: The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    );
  }
  return code;
}

/** Matches a verifier, and a challenge that is one (RFC 7636, 4.1). */
const verifierPattern = /^[\w.~-]{43,128}$/;

const challengePatterns: Readonly<Record<string, RegExp>> = { plain: verifierPattern, S256: /^[\w-]{43}$/ };

/** Returns the challenge of a sign-in with its method, if it has one. @throws EntraError if it isn't valid. */
export function challengeIn(query: URLSearchParams): string | undefined {
  const challenge = query.get("code_challenge");
  const method = query.get("code_challenge_method") ?? "plain";
  const pattern = Object.hasOwn(challengePatterns, method) ? challengePatterns[method] : undefined;
  if (!pattern) {
    throw new EntraError(
      "invalid_request",
      "AADSTS50149: Invalid Code_Challenge_method parameter. Use S256 or plain.",
    );
  }
  if (!challenge) return undefined;
  if (pattern.test(challenge)) return `${method} ${challenge}`;
  throw new EntraError("invalid_request", "AADSTS501491: Invalid size of Code_Challenge parameter.");
}

/** Returns whether the challenge was made from the verifier. A sign-in without a challenge must come without a verifier. */
async function isAnswered(challenge: string | undefined, verifier: string | null): Promise<boolean> {
  if (!verifier) return challenge === undefined;
  if (challenge === undefined || !verifierPattern.test(verifier)) return false;
  if (challenge.startsWith("plain ")) return challenge === `plain ${verifier}`;
  return challenge === `S256 ${base64Url(await sha256(verifier))}`;
}

/** Spends a code, once tokens were made for it. @throws EntraError if it was spent before. */
export function redeemOnce({ entra: { redeemedCodes } }: Fake, { jti }: IssuedCode): void {
  if (redeemedCodes.has(jti)) {
    throw invalidGrant(
      "AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    );
  }
  redeemedCodes.add(jti);
  const [oldest] = redeemedCodes;
  if (redeemedCodes.size > mostRedeemedCodes && oldest !== undefined) redeemedCodes.delete(oldest);
}
