import { type Signal, signal } from "@preact/signals";
import type { ClockInfo } from "../../../admin/models.js";
import { formatDuration } from "../format.js";

/** Smaller offsets come from the time that the response took. */
const shownOffsetInMs = 2000;

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
    return this.peek();
  }

  /** The same for a component that isn't rendered again with it. */
  peek(): number {
    return this.#frozen ? this.#time : this.#time + performance.now() - this.#readAt;
  }
}

export const emulatorClock: EmulatorClock = new EmulatorClock();

/** Describes how the emulator's time differs from that of this computer. */
export function offsetsOf(info: Pick<ClockInfo, "frozen" | "skewInMs"> | undefined): string[] {
  if (!info) return [];
  const offset = emulatorClock.offsetInMs;
  const parts: string[] = [];
  if (info.frozen) parts.push("frozen");
  if (Math.abs(offset) >= shownOffsetInMs) parts.push(aheadOrBehind(offset));
  if (info.skewInMs) parts.push(`wall clock ${aheadOrBehind(info.skewInMs)}`);
  return parts;
}

function aheadOrBehind(offsetInMs: number): string {
  return `${formatDuration(offsetInMs)} ${offsetInMs > 0 ? "ahead" : "behind"}`;
}
