import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";

/** The service takes a minute of difference; the `Date` header is cut to seconds. */
const toleratedInMs = 60_000;

/**
 * How far the clock of this machine is behind the service's. The service refuses a signature with a wrong date as
 * it refuses a wrong key, with 401 for ever; its `Date` header tells the two apart.
 */
export class ClockOffset {
  #offsetInMs = 0;
  #hasWarned = false;

  /** The time of the service, in milliseconds since 1970, as far as it is known. */
  now(): number {
    return Date.now() + this.#offsetInMs;
  }

  /**
   * Takes the time from a refusal when it is more than a minute from the one that was signed.
   *
   * @returns A function that takes it back, for when the corrected request is refused too; undefined when the
   * time was not the reason.
   */
  correctFrom(response: PipelineResponse, signedTime: number): (() => void) | undefined {
    const serverTime = response.status === 401 ? Date.parse(response.headers.get("Date") ?? "") : Number.NaN;
    if (!(Math.abs(serverTime - signedTime) > toleratedInMs)) return undefined;
    const before = this.#offsetInMs;
    const corrected = serverTime - Date.now();
    this.#offsetInMs = corrected;
    this.#warnOnce(corrected);
    return () => {
      if (this.#offsetInMs === corrected) this.#offsetInMs = before;
    };
  }

  #warnOnce(offsetInMs: number): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const seconds = Math.round(Math.abs(offsetInMs) / 1000);
    const direction = offsetInMs > 0 ? "behind" : "ahead of";
    logger.warning(
      `The clock of this machine is ${seconds} s ${direction} the service's; requests are signed with the service's time.`,
    );
  }
}
