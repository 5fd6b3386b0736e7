// Random runs drawn from a seed: a point in the call, what happens there, and how the server responds.

/** The points at which a call waits for something, in the order in which it reaches them. */
export const points = [
  "policyPerCall",
  "credential",
  "policyPerRetry",
  "connection",
  "answer",
  "retryDelay",
  "received",
] as const;
export type Point = (typeof points)[number];

/** What happens at a point. The timeout of an attempt doesn't cover the caller's own perCall policies. */
export const events = ["nothing", "abort", "timeLimit", "failure"] as const;
export type Event = (typeof events)[number];

/** How the call reaches the server. One proxy refuses tunnels; another accepts the connection and stays silent. */
export const routes = ["direct", "tunnel", "refusingProxy", "silentProxy"] as const;
export type Route = (typeof routes)[number];

/** How the server responds to a request. */
export const answers = [
  "good",
  "busy",
  "slow",
  "throttled",
  "wrongClock",
  "challenge",
  "notFound",
  "cutBody",
  "halfBody",
  "resetBody",
  "reset",
  "nonsense",
  "redirect",
  "foreignRedirect",
  "switchedProtocols",
  "silence",
] as const;
export type Answer = (typeof answers)[number];

export interface Plan {
  readonly index: number;
  readonly credential: "key" | "token";
  readonly route: Route;
  readonly point: Point;
  readonly event: Event;
  /** The time between reaching the point and the event, in milliseconds. */
  readonly delayInMs: number;
  /** The response to each attempt; the last one repeats. */
  readonly answers: readonly Answer[];
  /** Whether the call has its own abort signal instead of one that all runs share. */
  readonly ownSignal: boolean;
}

/** Draws the same plans for the same seed. The browser build doesn't support proxies. */
export function drawPlans(seed: number, count: number, canUseProxies: boolean): Plan[] {
  const random = randomFrom(seed);
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  return Array.from({ length: count }, (_, index) => {
    const point = pick(points);
    const event = pick(events);
    const usesProxy = canUseProxies && random() < 1 / 4;
    const faulty = random() < 1 / 2 || point === "answer";
    const first = point === "retryDelay" ? ["busy" as const] : [];
    return {
      index,
      credential: point === "credential" ? "token" : pick(["key", "token"] as const),
      route: usesProxy ? pick(routes) : "direct",
      point,
      event,
      delayInMs: Math.floor(random() * 4),
      answers: [...first, pick(faulty ? answers : ["good" as const]), pick(answers), "good"],
      ownSignal: event === "abort" || random() < 1 / 4,
    };
  });
}

/** Returns a generator of numbers from 0 to below 1, which repeats its sequence for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
