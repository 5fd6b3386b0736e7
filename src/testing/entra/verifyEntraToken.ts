import type { OperationName } from "../../generated/routes.js";
import type { ServiceCore } from "../serviceCore.js";
import { type Claims, type Jwt, textOf } from "../tokens/jwt.js";
import { isSignedHere } from "../tokens/signingKey.js";

/**
 * Says why a token isn't one of the service's authority, in words that follow "The token"; undefined if it is.
 * It doesn't check the expiry or audience.
 */
export async function foreignTokenProblem({ endpoint }: ServiceCore, jwt: Jwt): Promise<string | undefined> {
  const { iss, tid } = jwt.claims;
  if (!(await isSignedHere(jwt))) {
    return `was not signed by this service: ${originOf(iss, endpoint)}. Sign in at ${endpoint}, its own Entra ID authority, or run it with --loose`;
  }
  if (typeof iss !== "string" || !isIssuerOf(iss, textOf(tid))) {
    return "was signed by this service, but not by its Entra ID authority: is it the token of an ACS user?";
  }
  return undefined;
}

function originOf(issuer: unknown, endpoint: string): string {
  if (typeof issuer !== "string") return "it names no issuer";
  return issuer.startsWith(endpoint)
    ? "it was changed after it was issued"
    : `it comes from ${issuer.slice(0, 200)}`;
}

function isIssuerOf(issuer: string, tenantId: string): boolean {
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
  { entra: { directory } }: ServiceCore,
  { oid }: Claims,
  operation: OperationName,
): string | undefined {
  if (operation === "getTokenForTeamsExtensionUser" || operation === "getTokenForEntraUser") {
    return undefined;
  }
  const objectId = textOf(oid);
  if (directory.hasRole(objectId) !== false) return undefined;
  const type = directory.typeOf(objectId);
  if (type === "deleted")
    return `The principal ${objectId} has no role on this resource, because it was deleted from the directory`;
  return `The ${type} ${objectId} has no role on this resource. Assign the built-in role Communication and Email Service Owner, or Contributor; a custom role needs the actions Microsoft.Communication/CommunicationServices/Read and /Write`;
}
