import { checkEvent } from "../state/checkEvent.js";
import { type ClockState, checkedClockState } from "../state/clock.js";
import { checkUnique } from "../state/entries/user.js";
import type { StateEvent, StateReset } from "../state/events.js";
import { ServiceState } from "../state/serviceState.js";
import type { Decision } from "../state/store.js";
import { check } from "../validation/check.js";
import type { Fake } from "./fake.js";

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

/** What is to be restored. The events are read once. */
export interface GivenSnapshot extends Omit<SnapshotContent, "events"> {
  readonly events: Iterable<unknown>;
}

export function takeSnapshot({ settings, clock, state }: Fake): SnapshotContent {
  return {
    version: 1,
    resourceId: settings.resourceId,
    clock: clock.state,
    events: [...state.events(clock.earliest)],
  };
}

const notASnapshot = "restore needs a snapshot that snapshot() returned";

/** Leaves enough safe integers above it for all users and tokens that anyone can add. */
const highestNumber = 2 ** 52;

/**
 * Checks a snapshot, and yields after each event, so that others can be served in between.
 * @returns The decision that replaces the service's state and clock.
 * @throws TypeError if it isn't a snapshot or is of another resource.
 */
export function* checkSnapshot(
  { settings, clock, state }: Fake,
  content: GivenSnapshot | undefined,
): Generator<void, Decision<void>> {
  check(typeof content === "object" && content, notASnapshot);
  const { version, resourceId, clock: clockBefore, events } = content;
  check(version === 1, `${notASnapshot}: its version must be 1`);
  check(
    typeof clockBefore === "object" && clockBefore && !Array.isArray(clockBefore),
    `${notASnapshot}: its clock must be an object`,
  );
  check(
    typeof events === "object" && events && Symbol.iterator in events,
    `${notASnapshot}: its events must be an array`,
  );
  check(typeof resourceId === "string", `${notASnapshot}: its resourceId must be a string`);
  check(
    resourceId === settings.resourceId,
    `The snapshot is of the resource ${resourceId}, not ${settings.resourceId}`,
  );
  const clockState = checkedClockState(clockBefore);
  const restored = new ServiceState();
  for (const value of events) {
    const event = checkEvent(value);
    if (event.type === "userCreated") checkUnique(event, restored);
    restored.apply(event);
    yield;
  }
  check(
    restored.nextUser <= highestNumber && restored.nextToken <= highestNumber,
    `The snapshot has a number above ${highestNumber}`,
  );
  // Of the tokens that this service issued, only those in the snapshot stay valid, and later ones have other numbers. A seed
  // promises the same ids of users.
  const continued = ({ nextUser, nextToken, discardedUpTo }: StateReset) => ({
    nextUser: settings.seeded ? nextUser : Math.max(nextUser, state.nextUser),
    nextToken: Math.max(nextToken, state.nextToken),
    discardedUpTo: Math.max(discardedUpTo, state.highestToken),
  });
  return (draft) => {
    for (const event of restored.events()) {
      draft.add(event.type === "stateReset" ? { ...event, ...continued(event) } : event);
    }
    draft.afterwards = () => {
      clock.state = clockState;
    };
  };
}

/** @throws TypeError, leaving the service unchanged, if it isn't a snapshot or is of another resource. */
export function restoreSnapshot(fake: Fake, snapshot: ServiceSnapshot): void {
  const checking = checkSnapshot(fake, snapshot as GivenSnapshot);
  let step = checking.next();
  while (!step.done) step = checking.next();
  fake.store.changeSoon(step.value);
}
