// Finds out by running it when the refresher asks for a token, so that the drawing has the times of the code.
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTokenRefresher, type TokenRefresher } from "../../src/refresher/index.js";

export interface Run {
  /** How long to watch, in seconds. */
  readonly seconds: number;
  /** What stands in for `Math.random`. */
  readonly random: number;
  /** The status of the token endpoint at this time, in seconds. */
  readonly status: (time: number) => number;
  /** What the app does, at times in seconds. */
  readonly acts?: Readonly<Record<number, (refresher: TokenRefresher) => void>>;
}

/** A request to the token endpoint, with its time in seconds. */
export interface Request {
  readonly time: number;
  readonly status: number;
}

/** How long the tokens of a run are valid, in seconds. */
export const lifetime = 3600;

/** Runs a refresher, for which a caller waits from the beginning, on a clock that doesn't wait. */
export async function requestsOf({ seconds, random, status, acts = {} }: Run): Promise<Request[]> {
  const originals = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const [{ now: dateNow }, { random: mathRandom }] = [Date, Math];
  const performanceNow = performance.now;
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  let [now, lastTimer] = [0, 0];
  const add = (run: () => void, delay: number) => {
    lastTimer += 1;
    timers.set(lastTimer, { at: now + Math.max(0, delay), run });
    return lastTimer;
  };
  const requests: Request[] = [];
  try {
    Object.assign(globalThis, { setTimeout: add, clearTimeout: (id: number) => timers.delete(id) });
    Date.now = () => now;
    performance.now = () => now;
    Math.random = () => random;
    const refresher = createTokenRefresher({
      async fetchToken() {
        const request = { time: now / 1000, status: status(now / 1000) };
        requests.push(request);
        if (request.status !== 200) throw Object.assign(new Error("refused"), { status: request.status });
        return { token: "token", expiresInSeconds: lifetime };
      },
    });
    for (const [time, act] of Object.entries(acts)) add(() => act(refresher), Number(time) * 1000);
    refresher.getToken().catch(() => {});
    for (;;) {
      await nextTurn();
      const [next] = [...timers].sort(([, one], [, other]) => one.at - other.at);
      if (!next || next[1].at > seconds * 1000) return requests;
      timers.delete(next[0]);
      now = next[1].at;
      next[1].run();
    }
  } finally {
    Object.assign(globalThis, originals);
    Object.assign(performance, { now: performanceNow });
    Date.now = dateNow;
    Math.random = mathRandom;
  }
}
