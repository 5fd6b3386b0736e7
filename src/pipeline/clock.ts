import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";

/** The service tolerates a difference of a minute. The `Date` header has whole seconds. */
const toleratedInMs = 60_000;

/**
 * The difference between this machine's time and the service's. The service responds to a signature with a wrong date as to
 * one with a wrong key, with 401 every time. Its `Date` header tells the two apart.
 */
export class ClockOffset {
  /** What to add to this machine's time, in milliseconds. */
  current = 0;
  #hasWarned = false;

  /** Returns the offset that a 401 suggests, or undefined if the time that was signed can't be the reason for it. */
  suggestedBy({ headers }: PipelineResponse, signedTime: number): number | undefined {
    const serverTime = Date.parse(headers.get("Date") ?? "");
    return Math.abs(serverTime - signedTime) > toleratedInMs ? serverTime - Date.now() : undefined;
  }

  /** Adopts an offset if a request that was signed with it got a status that the service gives only to accepted signatures. */
  adoptIfAccepted(offset: number, status: number): void {
    if ([401, 403, 407, 408, 429].includes(status) || status >= 500) return;
    this.current = offset;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const seconds = Math.round(Math.abs(offset) / 1000);
    logger.warning(
      `The clock of this machine is ${seconds} s ${offset > 0 ? "slow" : "fast"}; requests are signed with the service's time.`,
    );
  }

  /** Returns to this machine's time after a 401, unless another call has adopted another offset since. */
  forget(offset: number): void {
    if (this.current === offset) this.current = 0;
  }
}
