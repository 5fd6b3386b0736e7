import type { OperationName } from "../../generated/routes.js";
import type { ServiceClock } from "../state/clock.js";
import { checkFault, type Fault } from "./faults.js";

/** A fault that isn't over, with what is left of its `times` and `durationInSeconds`. */
export interface ActiveFault extends Fault {
  /** Counts from 1 since the service was created. */
  readonly number: number;
  readonly times: number | "unlimited";
}

interface Entry {
  readonly number: number;
  readonly fault: Fault;
  readonly passedInMs: () => number;
  /** How many more requests it affects, or infinity. */
  requestsLeft: number;
}

/** The faults that affect the next requests. */
export class FaultQueue {
  readonly #clock: ServiceClock;
  #entries: readonly Entry[] = [];
  #count = 0;
  #revision = 0;

  constructor(clock: ServiceClock) {
    this.#clock = clock;
    // A fault that the clock has ended must not go on when the clock is set back.
    clock.onMove = () => this.#endThoseOver();
  }

  /** Changes with every change of the faults. */
  get revision(): number {
    return this.#revision;
  }

  /** @throws TypeError if the fault would do nothing or has a value that can't be used. */
  add(fault: Fault): void {
    checkFault(fault);
    const { durationInSeconds, times = durationInSeconds === undefined ? 1 : "unlimited" } = fault;
    this.#count += 1;
    const entry: Entry = {
      number: this.#count,
      fault,
      passedInMs: stopwatch(this.#clock),
      requestsLeft: times === "unlimited" ? Number.POSITIVE_INFINITY : times,
    };
    this.#keep([...this.#entries, entry]);
  }

  /** Returns the fault for a request and counts it as used: the oldest with a number of requests, or else the oldest. */
  take(operation: OperationName | undefined): Fault | undefined {
    this.#endThoseOver();
    const hits = this.#entries.filter(({ fault }) => !fault.operation || fault.operation === operation);
    const hit = hits.find(({ requestsLeft }) => requestsLeft < Number.POSITIVE_INFINITY) ?? hits[0];
    if (!hit) return undefined;
    hit.requestsLeft -= 1;
    this.#keep(this.#entries.filter(({ requestsLeft }) => requestsLeft > 0));
    return hit.fault;
  }

  /** Returns the faults that aren't over, oldest first. */
  list(): ActiveFault[] {
    this.#endThoseOver();
    return this.#entries.map((entry) => {
      const { number, fault, requestsLeft } = entry;
      const timeLeft = timeLeftInMs(entry);
      return {
        number,
        ...fault,
        times: requestsLeft < Number.POSITIVE_INFINITY ? requestsLeft : "unlimited",
        ...(timeLeft < Number.POSITIVE_INFINITY && { durationInSeconds: Math.ceil(timeLeft) / 1000 }),
      };
    });
  }

  /** @returns Whether there was a fault with this number. */
  remove(number: number): boolean {
    const others = this.#entries.filter((entry) => entry.number !== number);
    const isFound = others.length < this.#entries.length;
    if (isFound) this.#keep(others);
    return isFound;
  }

  clear(): void {
    this.#keep([]);
  }

  #endThoseOver(): void {
    const lasting = this.#entries.filter((entry) => timeLeftInMs(entry) > 0);
    if (lasting.length < this.#entries.length) this.#keep(lasting);
  }

  #keep(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#revision += 1;
  }
}

function timeLeftInMs({
  fault: { durationInSeconds = Number.POSITIVE_INFINITY },
  passedInMs,
}: Entry): number {
  return durationInSeconds * 1000 - passedInMs();
}

/**
 * Returns a function that says how many milliseconds have passed, by the clock that has gone furthest. The machine has two:
 * its date can be set back, and `performance.now` may stand still while the machine sleeps.
 */
function stopwatch(clock: ServiceClock): () => number {
  const [time, date, uptime] = [clock.time, Date.now(), performance.now()];
  return () => Math.max(clock.time - time, Date.now() - date, performance.now() - uptime);
}
