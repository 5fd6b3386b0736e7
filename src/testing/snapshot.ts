import { check } from "./check.js";
import type { ClockState } from "./clock.js";
import type { ServiceCore } from "./serviceCore.js";
import { checkEvent } from "./state/checkEvent.js";
import type { StateEvent, UserCreated } from "./state/events.js";
import { ServiceState } from "./state/serviceState.js";

/** All that a fake service knows, as JSON can hold it. Hand it back to `restore` of the same or another service. */
export interface ServiceSnapshot {
  /** Of this format. `restore` takes no other. */
  readonly version: 1;
  /** The GUID in every user id. `restore` of a service with another one throws. */
  readonly resourceId: string;
  /** `restore` sets the service's clock to it. */
  readonly clock: ClockState;
  /** What makes the state out of nothing, the key that signs tokens included. */
  readonly events: readonly StateEvent[];
}

export function takeSnapshot({ settings, clock, state }: ServiceCore): ServiceSnapshot {
  return {
    version: 1,
    resourceId: settings.resourceId,
    clock: clock.state,
    events: [...state.events(clock.earliest)],
  };
}

/** More users or tokens than anyone can still add, so that a state never runs out of exact numbers. */
const highestNumber = 2 ** 52;

/** @throws TypeError when it is no snapshot, or one of another resource. Nothing has changed then. */
export function restoreSnapshot({ settings, clock, state }: ServiceCore, snapshot: ServiceSnapshot): void {
  check(
    snapshot?.version === 1 &&
      Array.isArray(snapshot.events) &&
      typeof snapshot.clock === "object" &&
      snapshot.clock,
    "restore needs what snapshot returned",
  );
  check(
    snapshot.resourceId === settings.resourceId,
    `The snapshot is of the resource ${snapshot.resourceId}, not ${settings.resourceId}`,
  );
  const events = snapshot.events.map(checkEvent);
  checkHistory(events);
  clock.state = snapshot.clock;
  const { nextUser, nextToken } = state;
  state.record({ type: "stateReset", nextUser, nextToken, firstToken: nextToken });
  for (const event of events) state.record(event);
}

/** @throws TypeError when the events can't have happened one after the other. */
function checkHistory(events: readonly StateEvent[]): void {
  const state = new ServiceState();
  for (const event of events) {
    if (event.type === "userCreated" && isTaken(event, state)) {
      throw new TypeError("Two users of the snapshot have the same number, id or customId");
    }
    state.record(event);
  }
  check(
    state.nextUser <= highestNumber && state.nextToken <= highestNumber,
    `The snapshot has a number above ${highestNumber}`,
  );
}

function isTaken({ user, id, customId }: UserCreated, state: ServiceState): boolean {
  const sameCustomId = customId === undefined ? undefined : state.userByCustomId(customId);
  return Boolean(state.user(id) ?? state.userByNumber(user) ?? sameCustomId);
}
