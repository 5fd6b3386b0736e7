import type { OperationName } from "../generated/routes.js";
import { ServiceError } from "./serviceError.js";

const WINDOW = 30_000;

/** Requests in 30 seconds, as documented for each operation of the service that has a limit. */
const limits: Partial<Record<OperationName, number>> = {
  createIdentity: 1000,
  deleteIdentity: 500,
  issueAccessToken: 1000,
  revokeAccessTokens: 500,
  exchangeTeamsUserAccessToken: 500,
  exchangeTeamsExtensionAccessToken: 500,
  exchangeEntraAccessToken: 500,
};

/** Counts requests in fixed windows, one per operation. Refused requests count as well. */
export class Throttle {
  readonly #scale: number;
  #windowStart = 0;
  readonly #counts = new Map<OperationName, number>();

  /** @param scale - What the limits are multiplied with; 0 sets no limit. */
  constructor(scale: number) {
    this.#scale = scale;
  }

  /**
   * @param time - Milliseconds since 1970.
   * @throws ServiceError 429 with the seconds until the window ends.
   */
  count(operation: OperationName, time: number): void {
    const limit = limits[operation];
    if (limit === undefined || this.#scale === 0) return;
    const start = Math.floor(time / WINDOW) * WINDOW;
    if (start !== this.#windowStart) this.reset();
    this.#windowStart = start;
    const count = (this.#counts.get(operation) ?? 0) + 1;
    this.#counts.set(operation, count);
    const scaled = Math.max(1, Math.round(limit * this.#scale));
    if (count > scaled) throw tooManyRequests(operation, scaled, Math.ceil((start + WINDOW - time) / 1000));
  }

  reset(): void {
    this.#counts.clear();
  }
}

function tooManyRequests(operation: OperationName, limit: number, seconds: number): ServiceError {
  return new ServiceError(429, "TooManyRequests", "Too many requests. Try again later.", {
    diagnosis: `${operation} is limited to ${limit} requests in 30 s`,
    headers: [["Retry-After", String(seconds)]],
  });
}
