import { type Signal, signal } from "@preact/signals";

/** The emulator's time, between two polls. */
export class EmulatorClock {
  /** Changes once a second. */
  readonly #ticks: Signal<number> = signal(0);
  /** How far the emulator's time was ahead of this computer's at the last poll. */
  offsetInMs = 0;
  #time = Date.now();
  #readAt = performance.now();
  #frozen = false;

  start(): void {
    setInterval(() => {
      this.#ticks.value += 1;
    }, 1000);
  }

  sync(time: number, frozen: boolean): void {
    this.offsetInMs = time - Date.now();
    this.#time = time;
    this.#readAt = performance.now();
    this.#frozen = frozen;
  }

  /** Milliseconds since 1970. A component that shows it is rendered again once a second. */
  now(): number {
    void this.#ticks.value;
    return this.#frozen ? this.#time : this.#time + performance.now() - this.#readAt;
  }
}

/** The one clock of the page. */
export const emulatorClock: EmulatorClock = new EmulatorClock();
