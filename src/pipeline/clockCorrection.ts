import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { logger } from "../logger.js";

/** A smaller difference is no reason for a 401: the clock isn't corrected for it. The `Date` header has whole seconds. */
export const leastCorrectionInMs = 60_000;

/**
 * Corrects the dates of signatures by as much as the clock of this machine differs from the service's. A wrong date gets a
 * 401, as a wrong key does.
 */
export class ClockCorrection {
  /** What to add to this machine's time, in milliseconds: 0, or an offset that the service has accepted. */
  offsetInMs = 0;
  /** Whether a warning has said that this machine's clock is wrong. */
  #isWrong = false;

  /** Adopts the offset of a request if it has succeeded: other statuses may be those of a proxy or a portal. */
  adoptIfAccepted(offset: number, status: number): void {
    if (status < 200 || status > 299) return;
    if (Math.abs(offset) <= leastCorrectionInMs) {
      if (this.#isWrong)
        logger.warning("The clock of this machine is right again; requests are signed with its time.");
      this.#isWrong = false;
      this.offsetInMs = 0;
      return;
    }
    const seconds = Math.round(Math.abs(offset) / 1000);
    // Parallel calls find offsets that differ by milliseconds, and one warning is enough.
    if (this.offsetInMs === 0)
      logger.warning(
        `The clock of this machine is ${seconds} s ${offset > 0 ? "slow" : "fast"}; requests are signed with the service's time.`,
      );
    this.#isWrong = true;
    this.offsetInMs = offset;
  }

  /** Gives up the offset of a request that got a 401, unless another call has adopted another one since. */
  giveUp(offset: number): void {
    if (this.offsetInMs === offset) this.offsetInMs = 0;
  }
}

/** Returns the offset that a 401 suggests, or undefined if the time that was signed can't be the reason for it. */
export function suggestedOffset({ headers }: PipelineResponse, signedTime: number): number | undefined {
  const serverTime = Date.parse(headers.get("Date") ?? "");
  return Math.abs(serverTime - signedTime) > leastCorrectionInMs ? serverTime - Date.now() : undefined;
}
