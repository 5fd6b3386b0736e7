import type { Fault } from "acs-identity/testing";
import type { BrokenResponse } from "./acsProxy.js";

export type Call = "POST /token" | "POST /revoke" | "DELETE /user";

export type Action =
  | { readonly type: "call"; readonly call: Call; readonly caller: number; readonly instance: number }
  /** The caller closes the connection before the response arrives. */
  | { readonly type: "hangUp"; readonly caller: number; readonly instance: number }
  | { readonly type: "offboard"; readonly caller: number }
  | { readonly type: "fault"; readonly fault: Fault }
  /** ACS creates a user, and its response doesn't arrive as it was sent. */
  | { readonly type: "breakCreation"; readonly response: BrokenResponse }
  | { readonly type: "killInstance"; readonly instance: number }
  /** SIGTERM to another instance, while it starts. */
  | { readonly type: "stopEarly"; readonly afterInMs: number }
  /** An instance is killed and starts again while it can't get these from Entra. */
  | {
      readonly type: "refuse";
      readonly what: "tokens" | "keys";
      readonly instance: number;
      readonly forInMs: number;
    }
  /** Ends all connections to ACS, so that it carries out what it has received, and its responses are lost. */
  | { readonly type: "cutAcs" }
  /** Nothing passes between the instances and ACS for a while. */
  | { readonly type: "freezeAcs"; readonly forInMs: number }
  | { readonly type: "killPostgres" }
  /** The clock of PostgreSQL jumps, and is right again after a while. */
  | { readonly type: "moveClock"; readonly bySeconds: number; readonly forInMs: number }
  /** The tables are migrated, while another session uses them. */
  | { readonly type: "migrate" }
  /** A foreign session locks the ledger for a while. */
  | { readonly type: "lockPostgres"; readonly forInMs: number }
  /** PostgreSQL stands still for a while. */
  | { readonly type: "freezePostgres"; readonly forInMs: number }
  /** PostgreSQL stands still, and another one starts after a while. The old connections never end. */
  | { readonly type: "replacePostgres"; readonly afterInMs: number }
  | { readonly type: "restartEmulator" };

export interface Step {
  readonly atInMs: number;
  readonly action: Action;
}

export interface Plan {
  readonly seed: number;
  readonly seconds: number;
  readonly callers: number;
  readonly callsPerSecond: number;
  /** Without kills and lost responses. */
  readonly isGentle: boolean;
}

/** Callers below this share never ask for their deletion, so they must keep the same user. */
export const keeperShare = 0.5;

/** The last callers have a part only in scenes. Their last one hangs up, and their last but one is impatient. */
const sceneCallers = 12;

/** Mulberry32: the same seed gives the same numbers, from 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns everything that happens in a run, in order. The same plan gives the same steps. */
export function schedule({ seed, seconds, callers, callsPerSecond, isGentle }: Plan): Step[] {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[below(values.length)];
    if (value === undefined) throw new Error("Nothing to pick from");
    return value;
  };
  const steps: Step[] = [];
  const end = seconds * 1000;
  const add = (atInMs: number, action: Action) => {
    if (atInMs < end) steps.push({ atInMs: Math.round(atInMs), action });
  };

  for (let time = 0; time < end; time += (1000 / callsPerSecond) * 2 * random()) {
    const caller = below(callers - sceneCallers);
    const instance = below(3);
    const keeps = caller < callers * keeperShare;
    const call = (after: number, name: Call, offset: number) =>
      add(time + after, { type: "call", call: name, caller, instance: (instance + offset) % 3 });
    const dice = random();
    if (keeps && dice < 0.9) call(0, "POST /token", 0);
    else if (keeps || dice < 0.05) call(0, "POST /revoke", 0);
    else if (dice < 0.5) call(0, "POST /token", 0);
    else {
      // A deletion, and then sign-ins at two instances at almost the same time, perhaps with another deletion.
      call(0, "DELETE /user", 0);
      call(300 + below(400), "POST /token", 1);
      call(400 + below(900), "POST /token", 2);
      if (random() < 0.6) call(900 + below(1500), "DELETE /user", 2);
    }
  }

  const creationFaults: readonly Partial<Fault>[] = [
    { status: 429 },
    { status: 503 },
    { delayInMs: 100 + below(400) },
    { delayInMs: 100 + below(400) },
    { delayInMs: 1_000 + below(2_000) },
    { delayInMs: 3_000 + below(3_000) },
    ...(isGentle ? [] : ([{ drop: "before" }, { delayInMs: 12_000 }] as const)),
  ];
  const otherFaults: readonly Partial<Fault>[] = [
    { status: 500 },
    { status: 503 },
    { status: 429, retryAfterInSeconds: 1 },
    { delayInMs: 200 + below(1_000) },
    ...(isGentle ? [] : ([{ drop: "before" }, { drop: "after" }] as const)),
  ];
  for (let time = 500; time < end; time += 800 * random()) {
    const operation = pick(["createUser", "createUser", "getToken", "deleteUser", "revokeTokens"] as const);
    const faults = operation === "createUser" ? creationFaults : otherFaults;
    add(time, { type: "fault", fault: { operation, ...pick(faults) } });
  }

  // What random calls seldom hit: responses that break after ACS has created the user.
  const bodies = ["", "{}", '{"identity":{}}', '{"identity":{"id":""}}', "<html>", '{"identity":{"id":"8:a'];
  for (let time = 300; time < end && !isGentle; time += 3_000 * random()) {
    const type = pick(["cut", "cut", "halfClose", "replace", "noise"] as const);
    const response: BrokenResponse =
      type === "replace"
        ? { type, status: pick([200, 201, 201, 202, 302]), body: pick(bodies) }
        : type === "noise"
          ? { type }
          : { type, atShare: random() };
    add(time, { type: "breakCreation", response });
  }
  for (let time = 1_000; time < end && !isGentle; time += 16_000) {
    add(time, { type: "stopEarly", afterInMs: below(900) });
  }
  // One caller hangs up all the time, and another one doesn't wait as Retry-After says.
  for (let time = 3_000; time < end && !isGentle; time += 100) {
    add(time, { type: "hangUp", caller: callers - 1, instance: below(3) });
  }
  for (let time = 0.4 * end; time < end && !isGentle; time += 1_000) {
    add(time, { type: "call", call: "POST /token", caller: callers - 2, instance: below(3) });
  }

  // Another instance works on a creation whose own instance fails or is killed meanwhile.
  for (let time = 2_000, scene = 0; time < end && !isGentle; time += 3_300 + below(1_400), scene++) {
    const caller = callers - sceneCallers + (scene % (sceneCallers - 2));
    const first = below(3);
    const second = (first + 1) % 3;
    const call = (after: number, name: Call, instance: number) =>
      add(time + after, { type: "call", call: name, caller, instance });
    const fault = (members: Partial<Fault>) =>
      add(time, { type: "fault", fault: { operation: "createUser", ...members } });
    call(0, "DELETE /user", second);
    if (scene % 3 === 2) {
      // The user is deleted twice while its token is on its way.
      add(time, { type: "fault", fault: { operation: "getToken", delayInMs: 900, times: 2 } });
      call(400, "POST /token", first);
      call(900, "DELETE /user", second);
      call(1_900, "DELETE /user", second);
    } else if (scene % 2 === 0) {
      fault({ status: 429, delayInMs: 900 });
      fault({ delayInMs: 2_500 });
      call(400, "POST /token", first);
      call(800, "POST /token", second);
      add(time + 2_000, { type: "killInstance", instance: second });
    } else {
      fault({ delayInMs: 3_500 });
      call(400, "POST /token", first);
      call(800, "POST /token", second);
      call(2_000, "DELETE /user", second);
      add(time + 2_800, { type: "killInstance", instance: first });
    }
  }

  const outages: Action[] = [{ type: "freezePostgres", forInMs: 6_000 + below(3_000) }];
  if (!isGentle) {
    for (let time = 1_500; time < end; time += 3_000 * random()) add(time, { type: "cutAcs" });
    outages.push(
      { type: "killPostgres" },
      { type: "moveClock", bySeconds: pick([90, 86_400]), forInMs: 3_000 },
      { type: "moveClock", bySeconds: pick([-90, -86_400]), forInMs: 3_000 },
      { type: "migrate" },
      { type: "replacePostgres", afterInMs: 4_000 + below(2_000) },
      { type: "restartEmulator" },
      { type: "lockPostgres", forInMs: 10_000 },
      { type: "freezeAcs", forInMs: 17_000 },
      { type: "refuse", what: "tokens", instance: below(3), forInMs: 4_000 + below(4_000) },
      { type: "refuse", what: "keys", instance: below(3), forInMs: 4_000 + below(4_000) },
    );
  }
  // People leave while they call, and try again afterwards.
  for (let time = 4_000, caller = callers * keeperShare; time < end; time += 9_000, caller++) {
    for (const after of [0, 400, 700, 1_000, 1_300, 1_600, 2_000, 3_000, 4_000, 6_000]) {
      add(time + after, { type: "call", call: "POST /token", caller, instance: below(3) });
    }
    add(time + 500, { type: "offboard", caller });
  }

  // Each scene has a part of the run of its own, in an order that depends on the seed.
  for (let part = 0; outages.length > 0; part++) {
    const [outage] = outages.splice(below(outages.length), 1);
    const share = isGentle ? 0.3 : (part + 0.1 + random() * 0.3) / 11.5;
    if (outage) add(share * end, outage);
  }
  return steps.toSorted((one, other) => one.atInMs - other.atInMs);
}
