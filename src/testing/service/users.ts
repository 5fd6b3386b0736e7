import { membersOf, type SeededUser, type User } from "../state/entries/user.js";
import { seededGuid } from "../state/seeded.js";
import type { Draft, Store } from "../state/store.js";
import { identityDoesNotExist, identityNotOwned } from "../wire/httpError.js";
import type { Settings } from "./settings.js";

interface Parts {
  readonly settings: Settings;
  readonly store: Store;
}

/**
 * Adds a user. Without an id, it gets one that is the same for the same resource, seed and user number.
 * @param createdAt - Milliseconds since 1970.
 */
export function addUser(
  { settings: { resourceId, seed } }: Pick<Parts, "settings">,
  draft: Draft,
  createdAt: number,
  user: SeededUser,
): User {
  const number = draft.nextUser;
  const given = user.id;
  const others = {
    // Joined to save memory, as in seededGuid.
    id: given ?? ["8:acs:", resourceId, "_", seededGuid(seed, number)].join(""),
    ...membersOf(user),
    ...(given !== undefined && { firstToken: draft.nextToken }),
  };
  draft.add({ type: "userCreated", user: number, at: createdAt, ...others });
  return { number, createdAt, ...others };
}

/**
 * Deletes a user and revokes its tokens.
 * @param at - Milliseconds since 1970.
 */
export function removeUser({ revocationDelayInMs }: Settings, draft: Draft, at: number, user: User): void {
  if (revocationDelayInMs > 0) revokeTokensOf(draft, at, user);
  draft.add({ type: "userDeleted", user: user.number, ...(revocationDelayInMs > 0 && { at }) });
}

/** Returns the user with this raw id. @throws HttpError 401 if it is another resource's or doesn't exist. */
export function ownedUser({ settings, store }: Parts, id: string): User {
  if (!id.startsWith(`8:acs:${settings.resourceId}_`)) {
    throw identityNotOwned(`Ids of this resource start with 8:acs:${settings.resourceId}_`);
  }
  const user = store.state.user(id);
  if (!user) {
    const restarted = store.writer
      ? ""
      : ". A restart of the emulator also loses its users, unless it runs with --data FILE";
    throw identityDoesNotExist(
      `The id is this resource's, but the user was deleted or never existed${restarted}. Create a user, and store its id`,
    );
  }
  return user;
}

/**
 * Revokes every token that the user has.
 * @param at - Milliseconds since 1970.
 */
export function revokeTokensOf(draft: Draft, at: number, { number }: User): void {
  draft.add({ type: "tokensRevoked", user: number, upTo: draft.nextToken - 1, at });
}
