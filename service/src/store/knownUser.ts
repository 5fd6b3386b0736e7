/**
 * The state of an attempt to create an ACS user, and of the user:
 * - `creating`: an instance is creating it, or was killed while doing so;
 * - `current`: it is its caller's user; a caller has at most one;
 * - `surplus`: nobody uses it, because another one became current first or its creation was given up;
 * - `deleting`: its caller asked for its deletion, or ACS no longer has it;
 * - `unanswered`: ACS didn't answer the creation with a user. One that nobody can find may exist.
 */
export type LedgerState = "creating" | "current" | "surplus" | "deleting" | "unanswered";

/** An ACS user that the ledger knows. */
export interface KnownUser {
  /** The id of the entry: a UUID of our own, since the id of the ACS user isn't known at first. */
  readonly id: string;
  readonly state: LedgerState;
  readonly acsUserId: string;
}

/** What a query returns of a {@link KnownUser}. */
export interface UserRow {
  readonly id: string;
  readonly state: LedgerState;
  readonly acs_user_id: string;
}

/** Returns the part of an ACS user's id that all users of a resource share: `8:acs:<resource>_`. */
export function resourcePrefix(acsUserId: string): string {
  return acsUserId.slice(0, acsUserId.lastIndexOf("_") + 1);
}

export function toUser({ id, state, acs_user_id: acsUserId }: UserRow): KnownUser {
  return { id, state, acsUserId };
}
