import { seededGuid } from "./random.js";
import type { Settings } from "./settings.js";
import type { User } from "./state/serviceState.js";
import type { Draft } from "./state/store.js";

/** Returns the raw id of the draft's next user, which is the same for the same resource, seed and user number. */
export function nextUserId({ resourceId, seed }: Settings, { nextUser }: Draft): string {
  // Joined to save memory, as in seededGuid.
  return ["8:acs:", resourceId, "_", seededGuid(seed, nextUser)].join("");
}

/**
 * Adds a user with this raw id.
 * @param createdAt - Milliseconds since 1970.
 */
export function addUser(draft: Draft, createdAt: number, id: string, customId?: string): User {
  const number = draft.nextUser;
  const custom = customId === undefined ? {} : { customId };
  draft.add({ type: "userCreated", user: number, id, at: createdAt, ...custom });
  return { number, id, createdAt, ...custom };
}

/**
 * Revokes every token that the user has.
 * @param at - Milliseconds since 1970.
 */
export function revokeTokensOf(draft: Draft, at: number, { number }: User): void {
  draft.add({ type: "tokensRevoked", user: number, upTo: draft.nextToken - 1, at });
}
