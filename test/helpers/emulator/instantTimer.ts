import type { Timer } from "../../../src/emulator/data/retryWhileBusy.js";

/** A timer whose pauses take no time. */
export class InstantTimer implements Timer {
  #now = 0;
  readonly now = (): number => this.#now;
  readonly pause = async (time: number): Promise<void> => {
    this.#now += time;
  };
}
