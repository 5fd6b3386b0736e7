import type { OperationName, Route } from "../../generated/routes.js";
import { HttpError } from "../wire/httpError.js";

interface Window {
  /** Milliseconds since 1970. */
  readonly start: number;
  count: number;
}

/** Counts requests in fixed windows, one per route with a documented limit. Rejected requests count as well. */
export class Throttle {
  readonly #scale: number;
  readonly #windows = new Map<Route, Window>();

  /** @param scale - Multiplies the limits. */
  constructor(scale: number) {
    this.#scale = scale;
  }

  /**
   * @param operation - Named in the error.
   * @param time - Milliseconds since 1970.
   * @throws HttpError 429, with the seconds until the window ends in `Retry-After`.
   */
  count(route: Route, operation: OperationName, time: number): void {
    const { rateLimit } = route;
    if (!rateLimit) return;
    const lengthInMs = rateLimit.seconds * 1000;
    const start = Math.floor(time / lengthInMs) * lengthInMs;
    const current = this.#windows.get(route);
    const window = current?.start === start ? current : { start, count: 0 };
    this.#windows.set(route, window);
    window.count += 1;
    const limit = Math.max(1, Math.round(rateLimit.requests * this.#scale));
    if (window.count <= limit) return;
    throw new HttpError(429, "TooManyRequests", "Too many requests. Try again later.", {
      diagnosis: `${operation} is limited to ${limit} requests in ${rateLimit.seconds} s`,
      headers: [["Retry-After", String(Math.ceil((start + lengthInMs - time) / 1000))]],
    });
  }

  reset(): void {
    this.#windows.clear();
  }
}
