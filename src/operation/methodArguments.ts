// Refuses what can't be a valid call, before anything is sent. Ranges and unknown values are the service's to judge.
import type { CommunicationUserIdentifier, TeamsExtensionAssignmentInput, TokenScope } from "../models.js";

export function requireUserId(user: CommunicationUserIdentifier): string {
  if (typeof user === "string") {
    throw new TypeError("The user must be { communicationUserId: id }, not a string.");
  }
  return requireText(user?.communicationUserId, "user.communicationUserId");
}

export function requireScopes(scopes: readonly TokenScope[]): TokenScope[] {
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === "string")) {
    throw new TypeError('scopes must be an array of strings, such as ["voip"].');
  }
  return scopes;
}

/** The member of the request body, or none. */
export function requireMinutes(minutes: number | null | undefined): { expiresInMinutes?: number } {
  if (minutes == null) return {};
  if (!Number.isInteger(minutes)) {
    throw new TypeError("tokenExpiresInMinutes must be a whole number.");
  }
  return { expiresInMinutes: minutes };
}

/** The member of the request body, or none. */
export function requireCustomId(customId: string | undefined): { customId: string } | undefined {
  return customId === undefined ? undefined : { customId: requireText(customId, "customId") };
}

/** @param minLength - 0 lets the empty string through, for which the service has an error of its own. */
export function requireText(value: unknown, name: string, minLength = 1): string {
  if (typeof value !== "string" || value.length < minLength) {
    const given = value === null ? "null" : value === "" ? "empty" : typeof value;
    throw new TypeError(`${name} must be a ${minLength > 0 ? "non-empty " : ""}string; it is ${given}.`);
  }
  return value;
}

/** The ids of the tenant and of the principal, as they stand in the path. */
export function requireAssignment(tenantId: string, objectId: string): [string, string] {
  return [requireText(tenantId, "tenantId"), requireText(objectId, "objectId")];
}

/** The request body; JSON leaves an absent list out. */
export function requirePrincipal(assignment: TeamsExtensionAssignmentInput): TeamsExtensionAssignmentInput {
  const principalType = requireText(assignment?.principalType, "assignment.principalType");
  return { principalType, clientIds: assignment.clientIds as string[] };
}
