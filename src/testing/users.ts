import { identityDoesNotExist, identityNotOwned } from "./httpError.js";
import { seededGuid } from "./random.js";
import type { Settings } from "./settings.js";
import type { ServiceState, User } from "./state/serviceState.js";

/** The parts of a service that creating users needs. */
interface Parts {
  readonly settings: Settings;
  readonly state: ServiceState;
  /** `time`: milliseconds since 1970. */
  readonly clock: { readonly time: number };
}

/** Returns the raw id of the next user, which is the same for the same resource, seed and user number. */
export function nextUserId({ settings, state }: Parts): string {
  // Joined to save memory, as in seededGuid.
  return ["8:acs:", settings.resourceId, "_", seededGuid(settings.seed, state.nextUser)].join("");
}

/** Adds a user with this raw id. */
export function addUser({ state, clock }: Parts, id: string, customId?: string): User {
  const number = state.nextUser;
  const custom = customId === undefined ? {} : { customId };
  state.record({ type: "userCreated", user: number, id, at: clock.time, ...custom });
  const user = state.user(id);
  if (!user) throw new Error("A user that was just added is not there");
  return user;
}

/** Returns the user with this raw id. @throws HttpError 401 if it is another resource's or doesn't exist. */
export function ownedUser({ settings, state, dataFile }: Parts & { dataFile?: string }, id: string): User {
  if (!id.startsWith(`8:acs:${settings.resourceId}_`)) {
    throw identityNotOwned(`Ids of this resource start with 8:acs:${settings.resourceId}_`);
  }
  const user = state.user(id);
  if (!user) {
    const restarted = dataFile
      ? ""
      : ". A restart of the emulator also loses its users, unless it runs with --data FILE";
    throw identityDoesNotExist(
      `The id is this resource's, but the user was deleted or never existed${restarted}. Create a user, and store its id`,
    );
  }
  return user;
}

/** Revokes every token that the user has. */
export function revokeTokensOf({ state, clock }: Omit<Parts, "settings">, { number }: User): void {
  state.record({ type: "tokensRevoked", user: number, upTo: state.nextToken - 1, at: clock.time });
}

/** Creates the users of the options that a loaded state doesn't have. Skips those with neither id nor custom id. */
export function addMissingUsers(core: Parts): void {
  const { settings, state } = core;
  for (const { id, customId } of settings.users) {
    if (id === undefined && customId === undefined) continue;
    const user = id === undefined ? state.userByCustomId(customId ?? "") : state.user(id);
    if (!user) addUser(core, id ?? nextUserId(core), customId);
  }
}
