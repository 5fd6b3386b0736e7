import type { OperationName } from "../../../generated/routes.js";
import { type Claims, checkedExpiry, claimText, type Jwt, readJwt } from "../../jwt/jwt.js";
import { isSignedHere } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";

/** An Entra token that the service accepts. */
export interface VerifiedEntraToken {
  readonly claims: Claims;
  /** When it expires by the service's clock, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Reads a token that the service's authority issued for one of the audiences, and that hasn't expired. A loose service
 * accepts any token, and gives it an hour if it has expired.
 * @returns the token or, in words that follow "The token", why it isn't accepted.
 */
export async function verifyEntraToken(
  { settings, clock, endpoint }: Fake,
  text: string,
  audiences: readonly string[],
): Promise<VerifiedEntraToken | string> {
  const jwt = readJwt(text);
  const claims = jwt?.claims ?? {};
  const expiry = checkedExpiry(claims, clock.wallTime);
  const hourFromNow = clock.time + 3_600_000;
  const expiresAt = expiry.problem === undefined ? clock.toServiceTime(expiry.time) : hourFromNow;
  if (settings.strictness === "loose") return { claims, expiresAt };
  const problem = jwt ? await foreignTokenProblem(endpoint, jwt) : "isn't a JWT";
  if (problem) return problem;
  if (expiry.problem !== undefined) return expiry.problem;
  const isMeantForUs = [claims.aud].flat().some((audience) => audiences.includes(claimText(audience)));
  return isMeantForUs
    ? { claims, expiresAt }
    : `is meant for ${JSON.stringify(claims.aud)}, not for ${audiences[0]}`;
}

async function foreignTokenProblem(endpoint: string, jwt: Jwt): Promise<string | undefined> {
  const { iss, tid } = jwt.claims;
  if (!(await isSignedHere(jwt))) {
    return `was not signed by this service: ${describedOrigin(iss, endpoint)}. Sign in at ${endpoint}, its own Entra ID authority, or run it with --loose`;
  }
  return typeof iss === "string" && isTenantIssuer(iss, claimText(tid))
    ? undefined
    : "was signed by this service, but not by its Entra ID authority: is it the token of an ACS user?";
}

function describedOrigin(issuer: unknown, endpoint: string): string {
  if (typeof issuer !== "string") return "it names no issuer";
  return issuer.startsWith(endpoint)
    ? "it was changed after it was issued"
    : `it comes from ${issuer.slice(0, 200)}`;
}

function isTenantIssuer(issuer: string, tenantId: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { pathname } = new URL(issuer);
  return pathname === `/${tenantId}/` || pathname === `/${tenantId}/v2.0`;
}

/**
 * Says why the principal of a token may not call an operation; undefined if it may. The two operations whose bearer
 * token is the user's own need no role. Principals that were never in the directory have one, because tests make them
 * up; deleted ones don't.
 */
export function roleProblem(
  { entra: { directory } }: Fake,
  { oid }: Claims,
  operation: OperationName,
): string | undefined {
  if (operation === "getTokenForTeamsExtensionUser" || operation === "getTokenForEntraUser") {
    return undefined;
  }
  const objectId = claimText(oid);
  if (directory.hasRole(objectId) !== false) return undefined;
  const kind = directory.principalKind(objectId);
  if (kind === "deleted")
    return `The principal ${objectId} has no role on this resource, because it was deleted from the directory`;
  return `The ${kind} ${objectId} has no role on this resource. Assign the built-in role Communication and Email Service Owner, or Contributor; a custom role needs the actions Microsoft.Communication/CommunicationServices/Read and /Write`;
}

/**
 * Says, in words that follow "The token", that no user signed in: an application's own token has no permissions.
 * @param scope - What to ask for.
 */
export function noUserProblem({ scp }: Claims, scope: string): string | undefined {
  return scp === undefined
    ? `is an application's own: let a user sign in to it, and ask for the scope ${scope}`
    : undefined;
}
