import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";

/** The service tolerates a difference of a minute. The `Date` header has whole seconds. */
const toleratedInMs = 60_000;

/** The time that requests are signed with. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Adopts the time of a 401 response if it differs from the signed time by more than a minute.
   *
   * @returns A function that undoes this, in case the corrected request is refused, too. Undefined if the time wasn't the
   * reason.
   */
  correctFrom(response: PipelineResponse, signedTime: number): (() => void) | undefined;
}

/**
 * Creates a clock that learns the difference between this machine's time and the service's. The service responds to a
 * signature with a wrong date as to one with a wrong key, with 401 every time. Its `Date` header tells the two apart.
 */
export function createCorrectedClock(): Clock {
  let offsetInMs = 0;
  let hasWarned = false;

  function warnOnce(): void {
    if (hasWarned) return;
    hasWarned = true;
    const seconds = Math.round(Math.abs(offsetInMs) / 1000);
    logger.warning(
      `The clock of this machine is ${seconds} s ${offsetInMs > 0 ? "slow" : "fast"}; requests are signed with the service's time.`,
    );
  }

  return {
    now: () => Date.now() + offsetInMs,
    correctFrom(response, signedTime) {
      const serverTime =
        response.status === 401 ? Date.parse(response.headers.get("Date") ?? "") : Number.NaN;
      if (!(Math.abs(serverTime - signedTime) > toleratedInMs)) return undefined;
      const before = offsetInMs;
      const corrected = serverTime - Date.now();
      offsetInMs = corrected;
      warnOnce();
      return () => {
        if (offsetInMs === corrected) offsetInMs = before;
      };
    },
  };
}
