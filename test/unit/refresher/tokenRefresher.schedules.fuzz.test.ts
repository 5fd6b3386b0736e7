// Random schedules in virtual time: one invariant for each guarantee of docs/refresher.md.
import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import {
  createTokenRefresher,
  type RefreshedToken,
  type TokenRefreshError,
} from "../../../src/refresher/index.js";
import { hour, minute, second } from "../../helpers/refresher/endpoint.js";
import { slowUnitTimeLimit } from "../../helpers/timeLimit.js";

type Step =
  | { readonly do: "ask" | "askPatiently" | "retry" | "stop" | "show" | "hide" | "online" | "abort" }
  | { readonly do: "pass" | "sleep" | "setClock"; readonly time: number }
  | { readonly do: "answer"; readonly kind: Kind; readonly lifetime: number };
const kinds = ["token", "lateToken", "hang", "throw", "wait", "signIn", "lie", "garbage"] as const;
type Kind = (typeof kinds)[number];

const during = (what: "pass" | "sleep" | "setClock", min: number, max: number) =>
  fc.record({ do: fc.constant(what), time: fc.integer({ min, max }) });
const answer = fc.record({
  do: fc.constant("answer"),
  kind: fc.constantFrom(...kinds),
  lifetime: fc.integer({ min: minute, max: 2 * hour }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("ask", "askPatiently") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("retry", "show", "hide", "online", "abort") }) },
  { weight: 6, arbitrary: during("pass", 0, 12 * minute) },
  { weight: 2, arbitrary: during("pass", 0, 10 * second) },
  { weight: 1, arbitrary: during("sleep", minute, 24 * hour) },
  { weight: 1, arbitrary: during("setClock", -3 * hour, 3 * hour) },
  { weight: 4, arbitrary: answer },
) as fc.Arbitrary<Step>;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets everything run that waits for no timer. */
async function turn(): Promise<void> {
  for (let count = 0; count < 12; count++) await undefined;
}

async function run(steps: readonly Step[]): Promise<void> {
  vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
  const page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", page);
  /** Time awake and asleep, whatever the device's clock says. */
  const started = performance.now();
  let slept = 0;
  const now = () => performance.now() - started + slept;
  /** A clock that is set ahead looks like sleep. */
  let clockJumps = 0;
  let setBack = 0;
  let answer: { kind: Kind; lifetime: number } = { kind: "token", lifetime: hour };
  let stopped = false;
  let isRefused = false;
  let wasAsked = false;
  let retriedAt = Number.NEGATIVE_INFINITY;
  let noRequestBefore = 0;
  let retryFetchedAt = -hour;
  const calls: { at: number; signal: AbortSignal; isRunning: boolean }[] = [];
  /** When each token was fetched, and when it really expires. */
  const issued = new Map<string, { fetchedAt: number; expiresAt: number }>();
  const received: RefreshedToken[] = [];
  let passingFailureAt = Number.NEGATIVE_INFINITY;
  const pending = new Set<{ since: number; readonly isPatient: boolean }>();
  /** Since retry(), there has been no new token. */
  let isDoubted = false;
  let retryIsDue = false;
  let isEnding = false;
  const problems: unknown[] = [];

  /** Keeps what the refresher would take for a failure of the app. */
  function observe(check: () => void): void {
    try {
      check();
    } catch (error) {
      problems.push(error);
    }
  }

  const refresher = createTokenRefresher({
    async fetchToken(signal) {
      observe(() => {
        expect(stopped, "nothing is fetched after stop()").toBe(false);
        expect(
          calls.every((call) => !call.isRunning || call.signal.aborted),
          "one attempt at a time",
        ).toBe(true);
        if (!clockJumps) expect(now(), "Retry-After is respected").toBeGreaterThanOrEqual(noRequestBefore);
        const isWanted = wasAsked || retryIsDue || [...pending].some(({ isPatient }) => isPatient);
        if (isRefused) expect(isWanted, "nothing is fetched by itself after a refusal").toBe(true);
        if (retryIsDue) {
          const pause = now() - retryFetchedAt;
          if (!clockJumps) expect(pause, "retry() fetches once in 5 seconds").toBeGreaterThan(4.9 * second);
          retryFetchedAt = now();
          retryIsDue = false;
        }
      });
      isRefused = wasAsked = false;
      const call = { at: now(), signal, isRunning: true };
      calls.push(call);
      signal.addEventListener("abort", () => {
        const isLate = now() - call.at >= 30 * second || clockJumps > 0;
        if (!call.isRunning || !(isEnding || isLate))
          problems.push(new Error("a signal aborted without a reason"));
      });
      const { kind, lifetime } = answer;
      const token = `token ${calls.length}`;
      try {
        if (kind === "lateToken") await new Promise((resolve) => setTimeout(resolve, 20 * second));
        if (kind === "hang") await new Promise(() => {});
        if (kind === "throw") throw BigInt(5);
        if (kind === "wait") {
          noRequestBefore = now() + 2 * minute;
          throw Object.assign(new Error("wait"), { retryAfterInMs: 2 * minute });
        }
        if (kind === "lie")
          throw Object.assign(new Error("lie"), { retryAfterInMs: Number.NaN, status: "soon" });
        if (kind === "garbage") return { token: "secret" };
        if (kind === "signIn") throw Object.assign(new Error("sign in"), { status: 401 });
        issued.set(token, { fetchedAt: call.at, expiresAt: call.at + lifetime });
        return { token, expiresInSeconds: lifetime / second };
      } finally {
        call.isRunning = false;
        // An attempt that was ended counts no more, not even for what it wanted.
        if (signal.aborted) noRequestBefore = 0;
      }
    },
    onToken(token) {
      observe(() => expect(stopped).toBe(false));
      received.push(token);
      isDoubted = isRefused = false;
    },
    onFailure(error: TokenRefreshError) {
      observe(() => expect(stopped).toBe(false));
      isRefused = error.status === 401;
      if (!isRefused) passingFailureAt = now();
    },
  });

  function check({ token, expiresOnTimestamp }: RefreshedToken): void {
    const facts = issued.get(token);
    if (!facts) throw new Error("nobody issued that token");
    // A clock that is set back by less than a second isn't noticed, and one that is set back as the device sleeps hides that sleep.
    const tolerance = clockJumps ? second + (slept ? setBack : 0) : 0;
    expect(now(), "an expired token is never returned").toBeLessThan(facts.expiresAt + tolerance);
    if (!clockJumps)
      expect(Math.abs(expiresOnTimestamp - Date.now() - (facts.expiresAt - now()))).toBeLessThanOrEqual(1001);
    if (retriedAt > facts.fetchedAt)
      expect(passingFailureAt, "a doubted token needs a passing failure").toBeGreaterThanOrEqual(retriedAt);
  }

  function retry(): void {
    // An attempt since an earlier retry() goes on, and another one follows.
    if (!isDoubted || calls.every((call) => !call.isRunning || call.signal.aborted)) retriedAt = now();
    // The five attempts start anew.
    for (const asked of pending) asked.since = now();
    isDoubted = retryIsDue = isEnding = true;
    refresher.retry();
    isEnding = false;
  }

  const caller = new AbortController();
  function ask(isPatient: boolean): void {
    wasAsked = true;
    const asked = { since: now(), isPatient };
    pending.add(asked);
    const promise = isPatient
      ? refresher.tokenRefresher()
      : refresher.getToken({ abortSignal: caller.signal });
    promise
      .then(check, (error: Error) => {
        expect(error).toBeInstanceOf(Error);
        if (stopped) expect(error.name).toBe("AbortError");
      })
      .catch((error) => {
        problems.push(error);
      })
      .finally(() => {
        pending.delete(asked);
      });
  }
  async function pass(time: number): Promise<void> {
    const end = performance.now() + time;
    await turn();
    let isOver = false;
    setTimeout(() => {
      isOver = true;
    }, time);
    while (!isOver) {
      vi.advanceTimersToNextTimer();
      await turn();
    }
    expect(performance.now()).toBeGreaterThanOrEqual(end - 1);
    for (const { since, isPatient } of pending) {
      if (isPatient) continue;
      expect(now() - since, "getToken settles within five attempts").toBeLessThan(4 * minute + slept);
    }
    if (problems.length) throw problems[0];
  }

  for (const next of steps) {
    if (next.do === "pass") await pass(next.time);
    else if (next.do === "sleep") {
      vi.setSystemTime(Date.now() + next.time);
      slept += next.time;
    } else if (next.do === "setClock") {
      vi.setSystemTime(Date.now() + next.time);
      clockJumps++;
      setBack += Math.max(0, -next.time);
    } else if (next.do === "answer") answer = next;
    else if (next.do === "ask" || next.do === "askPatiently") {
      ask(next.do === "askPatiently");
    } else if (next.do === "retry") {
      retry();
    } else if (next.do === "abort") caller.abort();
    else {
      page.hidden = next.do === "hide";
      page.dispatchEvent(new Event("visibilitychange"));
    }
    await turn();
  }
  await pass(0);
  // Whatever happened: a healthy endpoint gives a token once the app asks again.
  answer = { kind: "token", lifetime: hour };
  retry();
  await pass(3 * minute);
  if (!received.length || (issued.get(received.at(-1)?.token ?? "")?.fetchedAt ?? 0) < retriedAt)
    expect.fail("there is no new token");
  check(await refresher.getToken());
  ask(false);
  isEnding = true;
  refresher.stop();
  stopped = true;
  await turn();
  expect(vi.getTimerCount()).toBe(0);
  page.dispatchEvent(new Event("visibilitychange"));
  await pass(hour);
  if (problems.length) throw problems[0];
}

it("keeps every promise of the page in hundreds of random schedules", {
  timeout: slowUnitTimeLimit,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 16 }), async (steps) => {
      await run(steps);
    }),
    { numRuns: 400 },
  );
});
