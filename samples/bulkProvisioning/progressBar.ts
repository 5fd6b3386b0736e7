import type { Writable } from "node:stream";

const WIDTH = 30;

/** What the bar shows. */
export interface ProgressState {
  readonly done: number;
  readonly failed: number;
  readonly retries: number;
}

/** A progress bar that redraws its line on a terminal. Elsewhere it writes a line for each tenth. */
export class ProgressBar {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  readonly #total: number;
  readonly #doneBefore: number;
  readonly #start = Date.now();
  #lastDrawn = 0;
  #lastTenth: number;

  /** @param doneBefore - How many users earlier runs created. They don't count towards the rate of this run. */
  constructor(stream: Writable & { readonly isTTY?: boolean }, total: number, doneBefore: number) {
    this.#stream = stream;
    this.#total = total;
    this.#doneBefore = doneBefore;
    this.#lastTenth = Math.floor((10 * doneBefore) / total);
  }

  update(state: ProgressState): void {
    if (this.#stream.isTTY) {
      if (Date.now() - this.#lastDrawn < 100 && state.done < this.#total) return;
      this.#lastDrawn = Date.now();
      this.#stream.write(`\r${this.#text(state)}\x1b[K`);
    } else {
      const tenth = Math.floor((10 * state.done) / this.#total);
      if (tenth === this.#lastTenth) return;
      this.#lastTenth = tenth;
      this.#stream.write(`${this.#text(state)}\n`);
    }
  }

  /** Ends the line, so that later output starts on a new one. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\n");
  }

  #text({ done, failed, retries }: ProgressState): string {
    const filled = Math.floor((WIDTH * done) / this.#total);
    const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
    const rate = ((done - this.#doneBefore) * 1000) / Math.max(1, Date.now() - this.#start);
    const secondsLeft = rate > 0 ? Math.ceil((this.#total - done) / rate) : undefined;
    const left = secondsLeft === undefined ? "" : `, ${clockTime(secondsLeft)} left`;
    return `${bar} ${done}/${this.#total}  ${rate.toFixed(1)}/s${left}  retries ${retries}  failed ${failed}`;
  }
}

function clockTime(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
