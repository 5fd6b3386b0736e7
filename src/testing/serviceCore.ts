import { ServiceClock } from "./clock.js";
import { seededGuid } from "./random.js";
import { type FakeIdentityServiceOptions, resolveSettings, type Settings } from "./settings.js";
import { ServiceState } from "./state/serviceState.js";
import { TokenIssuer } from "./tokens/tokenIssuer.js";
import { wellKnownSigningKey } from "./tokens/wellKnownSigningKey.js";

/** All that one fake service holds. The parts of the request flow take it as their first argument. */
export interface ServiceCore {
  readonly settings: Settings;
  readonly clock: ServiceClock;
  readonly state: ServiceState;
  readonly issuer: TokenIssuer;
}

export function createServiceCore(options: FakeIdentityServiceOptions = {}): ServiceCore {
  const settings = resolveSettings(options);
  const frozenAt = options.now === undefined ? undefined : new Date(options.now).getTime();
  if (Number.isNaN(frozenAt)) throw new TypeError("now must be a Date, an ISO 8601 string or milliseconds");
  const core: ServiceCore = {
    settings,
    clock: new ServiceClock(frozenAt),
    state: new ServiceState(),
    issuer: new TokenIssuer(settings.resourceId, settings.seeded ? wellKnownSigningKey : undefined),
  };
  return core;
}

/** The raw id of the user with this number, the same for the same seed. */
export function userIdOf({ settings }: ServiceCore, number: number): string {
  return `8:acs:${settings.resourceId}_${seededGuid(settings.seed, number)}`;
}
