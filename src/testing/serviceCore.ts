import { ServiceClock } from "./clock.js";
import { createEntra, type Entra } from "./entra/entra.js";
import { FaultQueue } from "./faults.js";
import { RequestLog } from "./requestLog.js";
import { type FakeIdentityServiceOptions, resolveSettings, type Settings } from "./settings.js";
import { ServiceState } from "./state/serviceState.js";
import { Throttle } from "./throttle.js";
import { addUser, nextUserId } from "./users.js";

/** Everything that one fake service holds. Each step of the request flow takes it as its first argument. */
export interface ServiceCore {
  /** Ends with a slash. The emulator sets it once it listens. */
  endpoint: string;
  readonly settings: Settings;
  readonly clock: ServiceClock;
  readonly state: ServiceState;
  readonly entra: Entra;
  readonly faults: FaultQueue;
  readonly throttle: Throttle;
  readonly log: RequestLog;
  /** Resolves once all changes of the state are saved. Responses wait for it. */
  flush?: () => Promise<void>;
  /** Aborted when the emulator closes. Requests that a fault still delays are then dropped. */
  closed?: AbortSignal;
}

/** @throws TypeError when an option isn't valid. */
export function createServiceCore(options: FakeIdentityServiceOptions = {}): ServiceCore {
  const settings = resolveSettings(options);
  const state = new ServiceState();
  const core: ServiceCore = {
    endpoint: settings.endpoint,
    settings,
    clock: new ServiceClock(settings.frozenAt),
    state,
    entra: createEntra(settings.entra, state),
    faults: new FaultQueue(),
    throttle: new Throttle(settings.throttle),
    log: new RequestLog(settings.requestLogSize),
  };
  addSeededUsers(core);
  return core;
}

/**
 * Returns to the state after creation: the same users and time, and no tokens, faults or logged requests.
 * Numbers restart only with a seed, which promises the same ids. Otherwise they continue, so that a token
 * from before the reset is never mistaken for a later one.
 */
export function resetCore(core: ServiceCore): void {
  const { settings, state } = core;
  const nextUser = settings.seeded ? 1 : state.nextUser;
  const nextToken = settings.seeded ? 1 : state.nextToken;
  core.clock.reset();
  core.faults.clear();
  core.throttle.reset();
  core.log.clear();
  state.record({ type: "stateReset", nextUser, nextToken, firstToken: nextToken });
  addSeededUsers(core);
}

function addSeededUsers(core: ServiceCore): void {
  for (const { id, customId } of core.settings.users) {
    addUser(core, id ?? nextUserId(core), customId);
  }
}
