import type { ClockInfo } from "../../../admin/models.js";
import { formatDuration } from "../format.js";
import { Signal } from "../signal.js";

/** Smaller offsets come from the time that the response took. */
const shownOffsetInMs = 2000;

/** A larger difference means that somebody has moved the time. Smaller ones come from the time that responses took. */
const jumpInMs = 1500;

/** So many watchers are told at a time, so that even thousands of them never keep the page busy. */
const toldAtOnce = 100;
const pauseInMs = 50;

/** Something that is to be told when the time reaches a moment, in milliseconds since 1970, or is moved. */
export interface Watcher {
  due: number;
  readonly notify: () => void;
}

/** The emulator's time, between two polls. */
export class EmulatorClock {
  /** Changes once a second. */
  readonly ticks: Signal<number> = new Signal(0);
  /** How far the emulator's time was ahead of this computer's at the last poll. */
  offsetInMs = 0;
  #time = Date.now();
  #readAt = performance.now();
  #frozen = false;
  readonly #watchers: Set<Watcher> = new Set();
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** @param end - Aborts when nothing shows the time anymore. */
  start(end: AbortSignal): void {
    const timer = setInterval(() => this.#tick(), 1000);
    end.addEventListener("abort", () => clearInterval(timer));
  }

  /** Tells the watcher until the returned function is called. It sets its next moment itself. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  #tick(): void {
    this.ticks.value += 1;
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#rest);
    const now = this.now();
    const due = [...this.#watchers].filter((watcher) => watcher.due <= now);
    for (const watcher of due.slice(0, toldAtOnce)) {
      watcher.due = Number.POSITIVE_INFINITY;
      watcher.notify();
    }
    if (due.length > toldAtOnce) this.#rest = setTimeout(() => this.#tell(), pauseInMs);
  }

  sync(time: number, frozen: boolean): void {
    const isMoved = frozen !== this.#frozen || Math.abs(time - this.now()) > jumpInMs;
    this.offsetInMs = time - Date.now();
    this.#time = time;
    this.#readAt = performance.now();
    this.#frozen = frozen;
    if (!isMoved) return;
    // What shows a time agrees at once.
    for (const watcher of this.#watchers) watcher.due = 0;
    this.#tick();
  }

  /** Milliseconds since 1970. */
  now(): number {
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
