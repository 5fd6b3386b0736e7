import { type AuthorityState, createAuthorityState } from "../directory/authorityState.js";
import { FaultQueue } from "../faults/faultQueue.js";
import { Throttle } from "../faults/throttle.js";
import { RequestLog } from "../log/requestLog.js";
import { ServiceClock } from "../state/clock.js";
import type { ServiceState } from "../state/serviceState.js";
import { type Draft, Store } from "../state/store.js";
import { type FakeIdentityServiceOptions, resolveSettings, type Settings } from "./settings.js";
import { addUser } from "./users.js";

/** Everything that one fake service holds. Whatever handles a request takes it as its first argument. */
export interface Fake {
  /** Ends with a slash. The emulator sets it once it listens. */
  endpoint: string;
  readonly settings: Settings;
  readonly clock: ServiceClock;
  readonly store: Store;
  /** The saved state, for reading. Changes go through the store. */
  readonly state: ServiceState;
  readonly entra: AuthorityState;
  readonly faults: FaultQueue;
  /** Absent if there is no limit. */
  readonly throttle: Throttle | undefined;
  readonly requestLog: RequestLog;
  /** Aborts when the emulator closes, which drops the requests that a fault still delays. */
  closed?: AbortSignal;
}

/** What the handlers of the fake's tables get. */
export interface FakeContext {
  readonly fake: Fake;
}

/** @throws TypeError if an option isn't valid. */
export function createFake(options: FakeIdentityServiceOptions = {}): Fake {
  const settings = resolveSettings(options);
  const store = new Store();
  const { state } = store;
  const clock = new ServiceClock(settings.frozenAt);
  const fake: Fake = {
    endpoint: settings.endpoint,
    settings,
    clock,
    store,
    state,
    entra: createAuthorityState(settings.entra, state),
    faults: new FaultQueue(clock),
    throttle: settings.throttle > 0 ? new Throttle(settings.throttle) : undefined,
    requestLog: new RequestLog(settings.requestLogSize),
  };
  store.changeSoon((draft) => addSeeds(fake, draft));
  return fake;
}

/**
 * Returns to the state after creation: the same users, and no tokens. Numbers restart only with a seed, which promises
 * the same ids and tokens.
 */
export function resetFake(fake: Fake, draft: Draft): void {
  const { nextUser, nextToken, highestToken } = fake.state;
  const next = fake.settings.seeded ? { nextUser: 1, nextToken: 1 } : { nextUser, nextToken };
  draft.add({ type: "stateReset", ...next, discardedUpTo: highestToken });
  addSeeds(fake, draft);
  draft.afterwards = () => {
    fake.clock.reset();
    fake.faults.clear();
    fake.throttle?.reset();
    fake.requestLog.clear();
    fake.entra.deviceSignIns.clear();
  };
}

function addSeeds(fake: Fake, draft: Draft): void {
  const { settings, clock } = fake;
  for (const user of settings.users) addUser(fake, draft, clock.initialTime, user);
  for (const { clientIds, ...assignment } of settings.teamsExtensionAssignments)
    draft.add({ type: "assignmentSet", ...assignment, ...(clientIds && { clientIds }) });
}
