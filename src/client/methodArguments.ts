// Rejects arguments that can't be valid before anything is sent. The service checks ranges and unknown values.
import { argumentError } from "../arguments/argumentError.js";
import { requireText } from "../arguments/requireText.js";
import type { TeamsUserExchangeTokenRequest } from "../generated/models.js";
import type {
  CommunicationUserIdentifier,
  CreateUserOptions,
  GetTokenForTeamsUserOptions,
  GetTokenOptions,
  TeamsExtensionAssignmentInput,
  TokenScope,
} from "../models.js";

/** The service's own ids have less than 200 characters. */
export const maxIdLength = 1024;

/** Checks the length before anything else looks at the text. */
function requireId(value: unknown, name: string, minLength?: number): string {
  const id = requireText(value, name, minLength);
  if (id.length <= maxIdLength) return id;
  throw argumentError(`${name} must have at most ${maxIdLength} characters; it has ${id.length}.`);
}

export function requireUserId(user: CommunicationUserIdentifier): string {
  if (user == null) throw argumentError(`The user must be { communicationUserId: id }; it is ${user}.`);
  if (!("communicationUserId" in Object(user)))
    throw argumentError(
      "The user must be { communicationUserId: id }, before the scopes. Await a promise, and pass the user member of createUserAndToken's result.",
    );
  return requireId(user.communicationUserId, "user.communicationUserId");
}

export function requireScopes(scopes: readonly TokenScope[]): TokenScope[] {
  return requireTexts(scopes, "scopes", '["voip"]') as TokenScope[];
}

function requireTexts(list: readonly string[], name: string, example: string): readonly string[] {
  if (Array.isArray(list) && [...list].every((text) => typeof text === "string")) return list;
  throw argumentError(`${name} must be an array of strings, such as ${example}.`);
}

/**
 * Refuses what would have no effect: another name of `tokenExpiresInMinutes`, since the token would be valid for a day, and
 * `customId`, since each call would create another user.
 */
export function refuseWrongNames(options: CreateUserOptions | null | undefined): void {
  for (const name of Object.keys(options ?? {})) {
    if (name === "customId")
      throw argumentError("customId belongs to a preview that the service withdrew (2025-03-02-preview).");
    if (/^(?:token_?)?expi?r|in_?min/i.test(name) && name !== "tokenExpiresInMinutes")
      throw argumentError(`Unknown option ${name}. Did you mean tokenExpiresInMinutes?`);
  }
}

/** Reads `tokenExpiresInMinutes`. Returns the member of the request body, or `{}` if it's omitted or null. */
export function readLifetime(options: GetTokenOptions | null | undefined): { expiresInMinutes?: number } {
  refuseWrongNames(options);
  const minutes = options?.tokenExpiresInMinutes;
  if (minutes == null) return {};
  if (!Number.isInteger(minutes)) throw argumentError("tokenExpiresInMinutes must be a whole number.");
  return { expiresInMinutes: minutes };
}

/** Returns the request body. The service has its own errors for empty texts. */
export function requireTeamsUser(options: GetTokenForTeamsUserOptions): TeamsUserExchangeTokenRequest {
  return {
    token: requireText(options?.teamsUserAadToken, "teamsUserAadToken", 0),
    appId: requireId(options?.clientId, "clientId", 0),
    userId: requireId(options?.userObjectId, "userObjectId", 0),
  };
}

/** Returns the ids of the tenant and the principal, in the order of the path. */
export function requireAssignment(tenantId: string, objectId: string): [string, string] {
  return [requireId(tenantId, "tenantId"), requireId(objectId, "objectId")];
}

/** Returns the request body. */
export function requirePrincipal(assignment: TeamsExtensionAssignmentInput): TeamsExtensionAssignmentInput {
  const principalType = requireText(assignment?.principalType, "assignment.principalType");
  const clientIds = assignment.clientIds;
  if (clientIds == null) return { principalType };
  requireTexts(clientIds, "assignment.clientIds", "[clientId]");
  for (const [index, id] of clientIds.entries()) requireId(id, `assignment.clientIds[${index}]`, 0);
  return { principalType, clientIds };
}
