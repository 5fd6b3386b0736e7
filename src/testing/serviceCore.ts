import { ServiceClock } from "./clock.js";
import { createEntra, type Entra } from "./entra/entra.js";
import { FaultQueue } from "./faults.js";
import { RequestLog } from "./requestLog.js";
import { type FakeIdentityServiceOptions, resolveSettings, type Settings } from "./settings.js";
import { ServiceState } from "./state/serviceState.js";
import { Throttle } from "./throttle.js";
import { TokenIssuer } from "./tokens/tokenIssuer.js";
import { wellKnownSigningKey } from "./tokens/wellKnownSigningKey.js";
import { addUser, nextUserId } from "./users.js";

/** All that one fake service holds. The parts of the request flow take it as their first argument. */
export interface ServiceCore {
  /** Ends with a slash. The emulator learns it when it listens. */
  endpoint: string;
  readonly settings: Settings;
  readonly clock: ServiceClock;
  readonly state: ServiceState;
  readonly issuer: TokenIssuer;
  readonly entra: Entra;
  readonly faults: FaultQueue;
  readonly throttle: Throttle;
  readonly log: RequestLog;
  /** Resolves when all that happened to the state is safe. An answer waits for it. */
  flush?: () => Promise<void>;
  /** Aborted when the emulator has closed: what a fault still delays is not done any more. */
  closed?: AbortSignal;
}

/** @throws TypeError when an option can't be used. */
export function createServiceCore(options: FakeIdentityServiceOptions = {}): ServiceCore {
  const settings = resolveSettings(options);
  const state = new ServiceState();
  const core: ServiceCore = {
    endpoint: settings.endpoint,
    settings,
    clock: new ServiceClock(settings.frozenAt),
    state,
    issuer: new TokenIssuer(settings.resourceId, state),
    entra: createEntra(settings.entra, state),
    faults: new FaultQueue(),
    throttle: new Throttle(settings.throttle),
    log: new RequestLog(settings.requestLogSize),
  };
  if (settings.seeded) state.record({ type: "signingKeySet", key: wellKnownSigningKey });
  addSeededUsers(core);
  return core;
}

/**
 * Back to the start: users and tokens as after creation, the clock as well; no fault, no logged request.
 * Numbers start again only under a seed, where the same ids are asked for. Otherwise they go on, so that no
 * token from before is taken for one from after.
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
