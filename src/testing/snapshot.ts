import { check } from "./check.js";
import { type ClockState, checkedClockState } from "./clock.js";
import type { ServiceCore } from "./serviceCore.js";
import { checkEvent } from "./state/checkEvent.js";
import type { StateEvent, UserCreated } from "./state/events.js";
import { ServiceState } from "./state/serviceState.js";

/**
 * A fake service's state and clock as JSON data, which a later version may arrange differently. Pass it to `restore` of the
 * same or another service with the same resource id.
 */
export interface ServiceSnapshot {
  /** The version of the format. `restore` accepts no other. */
  readonly version: 1;
}

export interface SnapshotContent extends ServiceSnapshot {
  /** The GUID in every user id. `restore` throws if the service has another one. */
  readonly resourceId: string;
  /** `restore` sets the service's clock to it. */
  readonly clock: ClockState;
  /** The events that rebuild the state from nothing. */
  readonly events: readonly StateEvent[];
}

export function takeSnapshot({ settings, clock, state }: ServiceCore): SnapshotContent {
  return {
    version: 1,
    resourceId: settings.resourceId,
    clock: clock.state,
    events: [...state.events(clock.earliest)],
  };
}

/** @throws TypeError, leaving the service unchanged, if it isn't a snapshot or is of another resource. */
export function restoreSnapshot(core: ServiceCore, snapshot: ServiceSnapshot): void {
  const content = snapshot as SnapshotContent;
  check(Array.isArray(content?.events), notASnapshot);
  const restoration = new Restoration();
  for (const event of content.events) restoration.add(event);
  restoration.finish(core, content)();
}

const notASnapshot = "restore needs a snapshot that snapshot() returned";

/** Leaves enough safe integers above it for all users and tokens that anyone can add. */
const highestNumber = 2 ** 52;

/** Builds a snapshot's state separately, and replaces the current state only if all of it is valid. */
export class Restoration {
  readonly #state: ServiceState = new ServiceState();

  /** @throws TypeError if the value isn't an event, or can't follow those before it. */
  add(value: unknown): void {
    const event = checkEvent(value);
    if (event.type === "userCreated" && this.#isTaken(event)) {
      throw new TypeError("Two users of the snapshot have the same number, id or customId");
    }
    this.#state.record(event);
  }

  /**
   * Replaces the state of a service.
   * @returns What restores the clock, which isn't part of the state.
   * @throws TypeError if the snapshot's version, resource, clock or highest numbers aren't valid.
   */
  finish({ settings, clock, state }: ServiceCore, snapshot: Omit<SnapshotContent, "events">): () => void {
    check(snapshot.version === 1 && typeof snapshot.clock === "object" && snapshot.clock, notASnapshot);
    check(
      snapshot.resourceId === settings.resourceId,
      `The snapshot is of the resource ${snapshot.resourceId}, not ${settings.resourceId}`,
    );
    check(
      this.#state.nextUser <= highestNumber && this.#state.nextToken <= highestNumber,
      `The snapshot has a number above ${highestNumber}`,
    );
    const clockState = checkedClockState(snapshot.clock);
    // A seed promises the same ids.
    this.#state.continueAfter(state, settings.seeded);
    state.replaceBy(this.#state);
    return () => {
      clock.state = clockState;
    };
  }

  #isTaken({ user, id, customId }: UserCreated): boolean {
    const sameCustomId = customId === undefined ? undefined : this.#state.userByCustomId(customId);
    return Boolean(this.#state.user(id) ?? this.#state.userByNumber(user) ?? sameCustomId);
  }
}
