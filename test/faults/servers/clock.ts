// Changes the clock of this process, for client and server alike. Vitest undoes this before the next test.
import { vi } from "vitest";

/** Replaces `Date` with one that can be moved. */
export class ProcessClock {
  #offset = 0;

  constructor() {
    const RealDate = Date;
    const now = (): number => RealDate.now() + this.#offset;
    const replacement = new Proxy(RealDate, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
    });
    vi.stubGlobal("Date", replacement);
  }

  move(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

/** Divides timers of 5 s and more by `factor`. `delays` records the requested delays in milliseconds. */
export function shortenTimers(factor: number): { delays: number[] } {
  const delays: number[] = [];
  const shorten = (delay: number): number => {
    delays.push(delay);
    return delay >= 5_000 ? delay / factor : delay;
  };
  const realSetTimeout = globalThis.setTimeout;
  const realTimeout = AbortSignal.timeout;
  const replacement = (
    handler: (...args: unknown[]) => void,
    delay = 0,
    ...args: unknown[]
  ): NodeJS.Timeout => realSetTimeout(handler, shorten(delay), ...args);
  vi.stubGlobal("setTimeout", replacement);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((delay) =>
    realTimeout.call(AbortSignal, shorten(delay)),
  );
  return { delays };
}
