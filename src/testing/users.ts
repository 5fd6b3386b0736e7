import { seededGuid } from "./random.js";
import type { ServiceCore } from "./serviceCore.js";
import type { User } from "./state/serviceState.js";

/** The raw id of the next user: the same for the same seed and number of users before. */
export function nextUserId({ settings, state }: ServiceCore): string {
  // Joined for the sake of memory, as in seededGuid.
  return ["8:acs:", settings.resourceId, "_", seededGuid(settings.seed, state.nextUser)].join("");
}

/** Creates a user with this raw id. */
export function createUser({ state, clock }: ServiceCore, id: string, customId?: string): User {
  const number = state.nextUser;
  const custom = customId === undefined ? {} : { customId };
  state.record({ type: "userCreated", user: number, id, at: clock.time, ...custom });
  const user = state.user(id);
  if (!user) throw new Error("A user that was just created is not there");
  return user;
}

/** Creates the users of the options that a state from elsewhere doesn't have. Those without a name are left out. */
export function addMissingUsers(core: ServiceCore): void {
  const { settings, state } = core;
  for (const { id, customId } of settings.users) {
    if (id === undefined && customId === undefined) continue;
    const user = id === undefined ? state.userByCustomId(customId ?? "") : state.user(id);
    if (!user) createUser(core, id ?? nextUserId(core), customId);
  }
}
