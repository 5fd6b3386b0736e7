/** The emulator's time, between two polls. */
export class EmulatorClock {
  /** How far the emulator's time was ahead of this computer's at the last poll. */
  offsetInMs = 0;
  #time = Date.now();
  #readAt = performance.now();
  #frozen = false;

  sync(time: number, frozen: boolean): void {
    this.offsetInMs = time - Date.now();
    this.#time = time;
    this.#readAt = performance.now();
    this.#frozen = frozen;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#frozen ? this.#time : this.#time + performance.now() - this.#readAt;
  }
}

/** The one clock of the page. */
export const emulatorClock: EmulatorClock = new EmulatorClock();
