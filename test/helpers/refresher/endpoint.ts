import type { FetchedToken, TokenRefreshError } from "acs-identity/refresher";
import { vi } from "vitest";

export const second = 1000;
export const minute: number = 60 * second;
export const hour: number = 60 * minute;

/** What the endpoint does with a request, unless it answers with a token. */
export type Failure = () => Promise<Response | FetchedToken>;

/** A token endpoint as `fetchToken`, on the fake clock, with a clock of its own that may differ from the device's. */
export class Endpoint {
  /** When the requests came, by the device's clock. */
  readonly calls: number[] = [];
  readonly signals: AbortSignal[] = [];
  lifetime: number = hour;
  /** How far the clock of the server is ahead of the device's. */
  ahead = 0;
  /** The next answers. */
  readonly failures: Failure[] = [];
  /** The answer to all others, if not a token. */
  outage: Failure | undefined;
  answer: (token: string, expiresOn: Date) => FetchedToken | Response = (token) => ({
    token,
    expiresInSeconds: this.lifetime / second,
  });

  /** Makes the next answer wait for the function that this returns. */
  holdNext(): (answer: ReturnType<Failure> | FetchedToken) => void {
    let give: ReturnType<Endpoint["holdNext"]> = () => {};
    const held = new Promise<Response | FetchedToken>((resolve) => {
      give = resolve;
    });
    this.failures.push(() => held);
    return give;
  }

  readonly fetchToken = async (signal: AbortSignal): Promise<Response | FetchedToken> => {
    this.calls.push(Date.now());
    this.signals.push(signal);
    const failure = this.failures.shift() ?? this.outage;
    if (failure) return observed(await failure());
    const now = Date.now() + this.ahead;
    return observed(this.answer(jwt(this.calls.length, now + this.lifetime), new Date(now + this.lifetime)));
  };
}

let bodiesInReading = 0;

/** Counts the bodies that are being read, for which fake time must wait. */
export function observed(answer: Response | FetchedToken): Response | FetchedToken {
  if (!(answer instanceof Response)) return answer;
  const read = answer.json.bind(answer);
  answer.json = async () => {
    bodiesInReading++;
    return read().finally(() => {
      bodiesInReading--;
    });
  };
  return answer;
}

/** Returns a token that can be decoded, which communication-common 2.4 does. */
export function jwt(number: number, expiresAt: number): string {
  const claims = btoa(JSON.stringify({ exp: Math.floor(expiresAt / second), number })).replace(/=+$/, "");
  return `e30.${claims}.c2ln`;
}

/** Answers with a `Response` that has a `Date`, as a server whose clock is `ahead` of the device's. */
export function responseOf(endpoint: Endpoint): Endpoint["answer"] {
  return (token, expiresOn) =>
    Response.json(
      { token, expiresOn },
      { headers: { Date: new Date(Date.now() + endpoint.ahead).toUTCString() } },
    );
}

export function refusal(status: number, headers: Record<string, string> = {}): Failure {
  return async () => new Response("secret", { status, headers });
}

/** Rejects as an app's own `fetchToken` may. */
export function rejection(members: Partial<TokenRefreshError> = {}): Failure {
  return () => Promise.reject(Object.assign(new TypeError("fetch failed"), members));
}

export const neverAnswers: Failure = () => new Promise(() => {});

const { port1, port2 } = new MessageChannel();
const realImmediate = globalThis.setImmediate as typeof setImmediate | undefined;
// Otherwise it keeps a Node process alive.
(port1 as { unref?(): void }).unref?.();

/** Lets the runtime go on with reading a `Response`. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (realImmediate) {
      realImmediate(() => resolve());
      return;
    }
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
}

async function settle(): Promise<void> {
  for (;;) {
    for (let count = 0; count < 50; count++) await undefined;
    if (bodiesInReading === 0) return;
    await turn();
  }
}

/** Lets fake time pass, timer by timer. Vitest's own method waits for real timers, which takes browsers milliseconds. */
export async function pass(time: number): Promise<void> {
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, time);
  while (!isOver) {
    await settle();
    vi.advanceTimersToNextTimer();
  }
  await settle();
}
