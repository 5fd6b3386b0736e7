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
  /** The path of the file that keeps the state. Absent if the state is only in memory. */
  dataFile?: string;
  /** What reads see: this service without the changes that aren't saved yet. */
  saved: ServiceCore;
  /**
   * Runs what changes the state, and resolves once that is saved.
   * @throws NotSavedError, after undoing the change, if it can't be saved.
   */
  change: <Result>(run: () => Result | Promise<Result>) => Promise<Result>;
  /** Aborted when the emulator closes. Requests that a fault still delays are then dropped. */
  closed?: AbortSignal;
}

/** @throws TypeError if an option isn't valid. */
export function createServiceCore(options: FakeIdentityServiceOptions = {}): ServiceCore {
  const settings = resolveSettings(options);
  const state = new ServiceState();
  const core: Omit<ServiceCore, "saved"> = {
    endpoint: settings.endpoint,
    settings,
    clock: new ServiceClock(settings.frozenAt),
    state,
    entra: createEntra(settings.entra, state),
    faults: new FaultQueue(),
    throttle: new Throttle(settings.throttle),
    log: new RequestLog(settings.requestLogSize),
    change: async (run) => run(),
  };
  addSeededUsers(core);
  return withSaved(core);
}

/** In memory, a change is saved as soon as it is made. */
function withSaved(core: Omit<ServiceCore, "saved">): ServiceCore {
  return Object.assign(core, { saved: core as ServiceCore });
}

/** Returns the service with another state. Everything else is shared, including what is set later. */
export function withState(core: ServiceCore, state: ServiceState): ServiceCore {
  const entra = { ...createEntra(core.settings.entra, state), redeemedCodes: core.entra.redeemedCodes };
  return Object.assign(Object.create(core) as ServiceCore, { state, entra });
}

/**
 * Returns to the state after creation: the same users, and no tokens. Numbers restart only with a seed, which promises
 * the same ids. Otherwise they continue, so that a token from before the reset is never mistaken for a later one.
 * @returns What resets the rest, which isn't part of the state: the clock, the faults and the logged requests.
 */
export function resetCore(core: ServiceCore): () => void {
  const { settings, state } = core;
  const nextUser = settings.seeded ? 1 : state.nextUser;
  const nextToken = settings.seeded ? 1 : state.nextToken;
  state.record({ type: "stateReset", nextUser, nextToken, firstToken: nextToken });
  addSeededUsers(core);
  return () => {
    core.clock.reset();
    core.faults.clear();
    core.throttle.reset();
    core.log.clear();
  };
}

function addSeededUsers({ settings, state, clock }: Pick<ServiceCore, "settings" | "state" | "clock">): void {
  const parts = { settings, state, clock: { time: clock.initialTime } };
  for (const { id, customId } of settings.users) {
    addUser(parts, id ?? nextUserId(parts), customId);
  }
}
