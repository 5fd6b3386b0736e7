/** The service's time between two looks at it. */
export class EmulatorClock {
  #time = Date.now();
  #readAt = performance.now();
  #frozen = false;

  sync(time: number, frozen: boolean): void {
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
