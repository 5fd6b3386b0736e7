import type { ServiceClock } from "./clock.js";
import { seededGuid } from "./random.js";
import type { Settings } from "./settings.js";
import type { ServiceState, User } from "./state/serviceState.js";

/** The parts of a service that users need. */
interface Parts {
  readonly settings: Settings;
  readonly state: ServiceState;
  readonly clock: ServiceClock;
}

/** The raw id of the next user: the same for the same seed and number of users before. */
export function nextUserId({ settings, state }: Parts): string {
  // Joined for the sake of memory, as in seededGuid.
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

/** Creates the users of the options that a state from elsewhere doesn't have. Those without a name are left out. */
export function addMissingUsers(core: Parts): void {
  const { settings, state } = core;
  for (const { id, customId } of settings.users) {
    if (id === undefined && customId === undefined) continue;
    const user = id === undefined ? state.userByCustomId(customId ?? "") : state.user(id);
    if (!user) addUser(core, id ?? nextUserId(core), customId);
  }
}
