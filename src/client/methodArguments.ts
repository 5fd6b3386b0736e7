// Rejects arguments that can't be valid before anything is sent. The service checks ranges and unknown values.
import { argumentError, kindOf } from "../errors.js";
import type { TeamsUserExchangeTokenRequest } from "../generated/models.js";
import type {
  CommunicationUserIdentifier,
  CreateUserOptions,
  GetTokenForTeamsUserOptions,
  GetTokenOptions,
  TeamsExtensionAssignmentInput,
  TokenScope,
} from "../models.js";
import { membersOf } from "../shared/membersOf.js";

export function requireUserId(user: CommunicationUserIdentifier): string {
  if (typeof user !== "object" && user !== undefined) {
    throw argumentError(`The user must be { communicationUserId: id }, not a ${typeof user}.`);
  }
  if (user && "then" in user) throw argumentError("The user is a promise: await it.");
  if (Array.isArray(user)) {
    throw argumentError('The user comes before the scopes: ({ communicationUserId: id }, ["voip"]).');
  }
  if (user && "user" in user && !("communicationUserId" in user)) {
    throw argumentError("This is the result of createUserAndToken. Pass its user member.");
  }
  return requireText(user?.communicationUserId, "user.communicationUserId");
}

export function requireScopes(scopes: readonly TokenScope[]): TokenScope[] {
  if (!Array.isArray(scopes) || ![...scopes].every((scope) => typeof scope === "string")) {
    throw argumentError('scopes must be an array of strings, such as ["voip"].');
  }
  return scopes as TokenScope[];
}

/** @throws TypeError for `customId`: without it, each call creates another user. */
export function refuseCustomId(options: CreateUserOptions | null | undefined): void {
  if (Object.hasOwn(options ?? {}, "customId")) {
    throw argumentError("customId belongs to a preview that the service withdrew (2025-03-02-preview).");
  }
}

/**
 * Returns the member of the request body, or `{}` if it's omitted or null.
 * @throws TypeError if it isn't a whole number, and for a wrong name, with which the token would be valid for a day.
 */
export function requireMinutes(options: GetTokenOptions | null | undefined): { expiresInMinutes?: number } {
  const wrong = Object.keys(options ?? {}).find(isWrongForMinutes);
  if (wrong) throw argumentError(`Unknown option ${wrong}. Did you mean tokenExpiresInMinutes?`);
  const { tokenExpiresInMinutes: minutes } = membersOf(options, "tokenExpiresInMinutes");
  if (minutes == null) return {};
  if (!Number.isInteger(minutes)) {
    throw argumentError("tokenExpiresInMinutes must be a whole number.");
  }
  return { expiresInMinutes: minutes };
}

function isWrongForMinutes(name: string): boolean {
  if (name === "tokenExpiresInMinutes") return false;
  const isOther = /^(?:expir(?:es|y)InMinutes|(?:token)?ExpiresIn)$/i.test(name);
  return isOther || hasTypos(name.toLowerCase(), "tokenexpiresinminutes", 2);
}

/** Tells whether so many letters at most have to be changed, added or removed for the one text to become the other. */
function hasTypos(text: string, other: string, atMost: number): boolean {
  if (text === other) return true;
  const [rest, otherRest] = [text.slice(1), other.slice(1)];
  if (text[0] === other[0]) return hasTypos(rest, otherRest, atMost);
  const pairs = [[rest, otherRest] as const, [rest, other] as const, [text, otherRest] as const];
  return atMost > 0 && pairs.some(([one, two]) => hasTypos(one, two, atMost - 1));
}

/** @param minLength - 0 accepts the empty string, for which the service returns its own error. */
export function requireText(value: unknown, name: string, minLength = 1): string {
  if (typeof value !== "string" || value.length < minLength) {
    const kind = minLength > 0 ? "non-empty string" : "string";
    throw argumentError(`${name} must be a ${kind}; it is ${kindOf(value)}.`);
  }
  return value;
}

/** Returns the request body. The service has its own errors for empty texts. */
export function requireTeamsUser(options: GetTokenForTeamsUserOptions): TeamsUserExchangeTokenRequest {
  const given = membersOf(options, "teamsUserAadToken", "clientId", "userObjectId");
  return {
    token: requireText(given.teamsUserAadToken, "teamsUserAadToken", 0),
    appId: requireText(given.clientId, "clientId", 0),
    userId: requireText(given.userObjectId, "userObjectId", 0),
  };
}

/** Returns the ids of the tenant and the principal, in the order of the path. */
export function requireAssignment(tenantId: string, objectId: string): [string, string] {
  return [requireText(tenantId, "tenantId"), requireText(objectId, "objectId")];
}

/** Returns the request body. JSON omits `clientIds` if it's undefined. */
export function requirePrincipal(assignment: TeamsExtensionAssignmentInput): TeamsExtensionAssignmentInput {
  const principalType = requireText(assignment?.principalType, "assignment.principalType");
  return { principalType, clientIds: assignment.clientIds as string[] };
}
