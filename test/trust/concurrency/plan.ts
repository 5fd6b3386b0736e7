// What a random run does, drawn from a seed: where a call is, what happens there, and what the server answers.
import { randomFrom } from "./random.js";

/** Where a call waits for something: each policy's await points, in their order. */
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

/** What happens there. The time limit of a policy of the caller's own, outside of an attempt, is the caller's affair. */
export const events = ["nothing", "abort", "timeLimit", "failure"] as const;
export type Event = (typeof events)[number];

/** How the call reaches the server. Proxies refuse, or take the connection and say nothing. */
export const routes = ["direct", "tunnel", "refusingProxy", "silentProxy"] as const;
export type Route = (typeof routes)[number];

/** What a server does with a request. */
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
  /** How long after the point is reached, in milliseconds. */
  readonly delayInMs: number;
  /** For each attempt; those after the last get the last. */
  readonly answers: readonly Answer[];
  /** Of the call; absent for a signal that all runs share. */
  readonly ownSignal: boolean;
}

/** The same plans for the same seed. A browser build has neither proxies nor any other way than to the server. */
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
