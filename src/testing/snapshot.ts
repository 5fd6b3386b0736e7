import { check } from "./check.js";
import type { ClockState } from "./clock.js";
import type { ServiceCore } from "./serviceCore.js";
import { checkEvent } from "./state/checkEvent.js";
import type { StateEvent } from "./state/events.js";

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

/** @throws TypeError when it is no snapshot, or one of another resource. */
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
  clock.state = snapshot.clock;
  const { nextUser, nextToken } = state;
  state.record({ type: "stateReset", nextUser, nextToken, firstToken: nextToken });
  for (const event of events) state.record(event);
}
