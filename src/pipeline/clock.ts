import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";

/** The service tolerates a minute of difference; the `Date` header is cut to seconds. */
const toleratedInMs = 60_000;

/** The time that requests are signed with. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Takes over the time of a refusal when it is more than a minute from the signed one.
   *
   * @returns A function that undoes this, for when the corrected request is refused, too; undefined when the time wasn't
   * the reason.
   */
  correctFrom(response: PipelineResponse, signedTime: number): (() => void) | undefined;
}

/**
 * Creates a clock that learns how far this machine's time is from the service's. The service refuses a signature with a
 * wrong date as it refuses a wrong key, with 401 for ever; its `Date` header tells the two apart.
 */
export function createCorrectedClock(): Clock {
  let offsetInMs = 0;
  let hasWarned = false;

  function warnOnce(): void {
    if (hasWarned) return;
    hasWarned = true;
    const seconds = Math.round(Math.abs(offsetInMs) / 1000);
    const direction = offsetInMs > 0 ? "behind" : "ahead of";
    logger.warning(
      `The clock of this machine is ${seconds} s ${direction} the service's; requests are signed with the service's time.`,
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
