import { type AuthorityState, createAuthorityState } from "../directory/authorityState.js";
import { FaultQueue } from "../faults/faultQueue.js";
import { Throttle } from "../faults/throttle.js";
import { RequestLog } from "../log/requestLog.js";
import type { AccessKey, AccessKeys } from "../state/accessKey.js";
import { ServiceClock } from "../state/clock.js";
import { seededBytes } from "../state/random.js";
import type { ServiceState } from "../state/serviceState.js";
import { type Draft, Store } from "../state/store.js";
import { check } from "../validation/check.js";
import { base64 } from "../wire/bytes.js";
import type { AccessKeyType, Call } from "../wire/call.js";
import type { TableResponse } from "../wire/table.js";
import { type FakeIdentityServiceOptions, resolveSettings, type Settings } from "./settings.js";
import { addUser } from "./users.js";

/** Everything that one fake service holds. Each step of the request flow takes it as its first argument. */
export interface ServiceCore {
  /** Ends with a slash. The emulator sets it once it listens. */
  endpoint: string;
  readonly settings: Settings;
  readonly clock: ServiceClock;
  readonly store: Store;
  /** What is saved, for reading. */
  readonly state: ServiceState;
  readonly entra: AuthorityState;
  readonly faults: FaultQueue;
  /** Absent if there is no limit. */
  readonly throttle: Throttle | undefined;
  readonly log: RequestLog;
  /** Aborted when the emulator closes. Requests that a fault still delays are then dropped. */
  closed?: AbortSignal;
}

export function accessKeysOf({ settings, state }: Pick<ServiceCore, "settings" | "state">): AccessKeys {
  const known = [...settings.firstKeys, ...state.newKeys];
  const latest = Object.fromEntries(known.map(({ keyType, key }) => [keyType, key]));
  const current = latest as Readonly<Record<AccessKeyType, AccessKey>>;
  return { current, former: known.filter(({ keyType, key }) => current[keyType] !== key) };
}

/** Replaces an access key, and revokes the tokens that were issued with it. With a seed, the new key is reproducible. */
export function regenerateKey(core: ServiceCore, draft: Draft, keyType: AccessKeyType): void {
  const { settings, clock } = core;
  check(keyType === "primary" || keyType === "secondary", "keyType must be primary or secondary");
  const seed = `${settings.seed}/${accessKeysOf(core).current[keyType].text}`;
  const bytes = settings.seeded
    ? [1, 2, 3, 4].flatMap((part) => [...seededBytes(seed, part)])
    : crypto.getRandomValues(new Uint8Array(64));
  const key = base64(Uint8Array.from(bytes));
  draft.add({ type: "accessKeyRegenerated", keyType, key, upTo: draft.nextToken - 1, at: clock.time });
}

/** What the handlers of the fake's tables get. */
export interface FakeContext {
  readonly core: ServiceCore;
}

/** Logs a call by the service's time. */
export function logCall({ core }: FakeContext, call: Call, response?: TableResponse): void {
  core.log.add(core.clock.time, call, response, ownSecrets(core));
}

/** Returns what is secret wherever it stands. Shorter texts may be words. */
function ownSecrets(core: ServiceCore): string[] {
  const { current, former } = accessKeysOf(core);
  const keys = [...Object.values(current), ...former.map(({ key }) => key)].map(({ text }) => text);
  const known = [...keys, ...core.entra.directory.applications.flatMap(({ clientSecrets }) => clientSecrets)];
  return known.map((secret) => secret.replace(/={1,2}$/, "")).filter(({ length }) => length >= 8);
}

/** @throws TypeError if an option isn't valid. */
export function createServiceCore(options: FakeIdentityServiceOptions = {}): ServiceCore {
  const settings = resolveSettings(options);
  const store = new Store();
  const { state } = store;
  const clock = new ServiceClock(settings.frozenAt);
  const core: ServiceCore = {
    endpoint: settings.endpoint,
    settings,
    clock,
    store,
    state,
    entra: createAuthorityState(settings.entra, state),
    faults: new FaultQueue(clock),
    throttle: settings.throttle > 0 ? new Throttle(settings.throttle) : undefined,
    log: new RequestLog(settings.requestLogSize),
  };
  store.changeSoon((draft) => addSeeds(core, draft));
  return core;
}

/**
 * Returns to the state after creation: the same users, and no tokens. Numbers restart only with a seed, which promises
 * the same ids and tokens.
 */
export function resetCore(core: ServiceCore, draft: Draft): void {
  const { nextUser, nextToken, highestToken } = core.state;
  const next = core.settings.seeded ? { nextUser: 1, nextToken: 1 } : { nextUser, nextToken };
  draft.add({ type: "stateReset", ...next, discardedUpTo: highestToken });
  addSeeds(core, draft);
  draft.afterwards = () => {
    core.clock.reset();
    core.faults.clear();
    core.throttle?.reset();
    core.log.clear();
    core.entra.deviceSignIns.clear();
  };
}

function addSeeds(core: ServiceCore, draft: Draft): void {
  const { settings, clock } = core;
  for (const user of settings.users) addUser(core, draft, clock.initialTime, user);
  for (const { clientIds, ...assignment } of settings.teamsExtensionAssignments)
    draft.add({ type: "assignmentSet", ...assignment, ...(clientIds && { clientIds }) });
}
