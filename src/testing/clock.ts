import { check } from "./check.js";
import { checkMembers } from "./checkMembers.js";

/** A span of time; the parts are added up. Each may be a fraction or negative; an absent one is 0. */
export interface Duration {
  /** Of 24 hours. */
  readonly days?: number;
  /** Of 60 minutes. */
  readonly hours?: number;
  /** Of 60 seconds. */
  readonly minutes?: number;
  /** Of 1000 milliseconds. */
  readonly seconds?: number;
  /** The rest; nothing finer than 1 shows. */
  readonly milliseconds?: number;
}

/**
 * The time of the fake service: when tokens are issued, when they expire, when a window of throttling ends.
 *
 * Signatures and bearer tokens are judged by the machine's own time plus `skew`, because the client signs
 * with the machine's time: after `advance({ hours: 23 })` a client still gets through.
 */
export interface FakeClock {
  /** The service's time. */
  now(): Date;
  /** Moves the service's time, forward or (negative) back. @throws TypeError when it would leave 1970 to 2100. */
  advance(by: Duration): void;
  /**
   * Sets the service's time. It goes on from there, unless it is frozen.
   * @throws TypeError when it isn't a time from 1970 to 2100.
   */
  set(time: Date | string | number): void;
  /** Stops the service's time; `advance` and `set` still move it. */
  freeze(): void;
  /** Lets the service's time go on from where it stands. */
  resume(): void;
  /**
   * Sets the service's wall clock ahead of the machine's (negative: behind), so that a client's signatures
   * look too old or too new. Seen in the `Date` header.
   * @throws TypeError when it would leave 1970 to 2100.
   */
  skew(by: Duration): void;
  /** Back to the machine's time, or to the time that the service was created with. */
  reset(): void;
}

/** What a snapshot keeps of a clock. */
export interface ClockState {
  /** How far the service's time is ahead of the machine's while it is not frozen. */
  readonly offsetInMs: number;
  /** Milliseconds since 1970 at which the service's time stands still; absent while it goes on. */
  readonly frozenAt?: number;
  /** How far the clock that judges signatures is ahead of the machine's. */
  readonly skewInMs: number;
}

export class ServiceClock implements FakeClock {
  readonly #initial: ClockState;
  #state: ClockState;

  /** @param frozenAt - Milliseconds since 1970 at which the time stands still from the start. */
  constructor(frozenAt?: number) {
    this.#initial =
      frozenAt === undefined ? { offsetInMs: 0, skewInMs: 0 } : { offsetInMs: 0, frozenAt, skewInMs: 0 };
    this.#state = this.#initial;
  }

  /** Milliseconds since 1970, the service's time. */
  get time(): number {
    return this.#state.frozenAt ?? Date.now() + this.#state.offsetInMs;
  }

  /** The earliest time that a reset or a restart may bring back. What expired later is then valid again. */
  get earliest(): number {
    return Math.min(this.time, Date.now(), this.#initial.frozenAt ?? Number.POSITIVE_INFINITY);
  }

  /** Milliseconds since 1970 on the service's wall, by which it judges signatures. */
  get wallTime(): number {
    return Date.now() + this.#state.skewInMs;
  }

  get state(): ClockState {
    return this.#state;
  }

  /** @throws TypeError when a member isn't a number, or the time would leave 1970 to 2100. */
  set state({ offsetInMs, frozenAt, skewInMs }: ClockState) {
    check(
      [offsetInMs, frozenAt ?? 0, skewInMs].every(Number.isFinite),
      "The members of a clock must be numbers",
    );
    timeOf(Date.now() + offsetInMs, "The clock's time");
    timeOf(Date.now() + skewInMs, "The clock's time with its skew");
    this.#state = {
      offsetInMs,
      skewInMs,
      ...(frozenAt === undefined ? {} : { frozenAt: timeOf(frozenAt, "The clock's frozenAt") }),
    };
  }

  now(): Date {
    return new Date(this.time);
  }

  advance(by: Duration): void {
    this.set(this.time + milliseconds(by));
  }

  set(time: Date | string | number): void {
    const target = timeOf(time, "The clock's time");
    this.#state =
      this.#state.frozenAt === undefined
        ? { ...this.#state, offsetInMs: target - Date.now() }
        : { ...this.#state, frozenAt: target };
  }

  freeze(): void {
    this.#state = { ...this.#state, frozenAt: this.time };
  }

  resume(): void {
    this.#state = { offsetInMs: this.time - Date.now(), skewInMs: this.#state.skewInMs };
  }

  skew(by: Duration): void {
    this.state = { ...this.#state, skewInMs: milliseconds(by) };
  }

  reset(): void {
    this.#state = this.#initial;
  }
}

/** Tokens live on for a day at most, and 32 bits hold their seconds until 2106. */
const latestTime = Date.UTC(2100, 0);

/** Milliseconds since 1970. @throws TypeError when it isn't a time that the service's clock can show. */
export function timeOf(time: Date | string | number, name: string): number {
  // Date takes null and true for numbers.
  const value = time === null || typeof time === "boolean" ? Number.NaN : new Date(time).getTime();
  check(
    value >= 0 && value <= latestTime,
    `${name} must be a Date, an ISO 8601 string or milliseconds, from 1970 to 2100`,
  );
  return value;
}

const units: Readonly<Record<keyof Duration, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
};

/** @throws TypeError when it has another member, or one that isn't a finite number. */
function milliseconds(duration: Duration): number {
  checkMembers(duration, Object.keys(units), "A duration");
  let total = 0;
  for (const [unit, length] of Object.entries(units)) {
    const { [unit as keyof Duration]: part = 0 } = duration;
    check(Number.isFinite(part), `A duration's ${unit} must be a finite number`);
    total += part * length;
  }
  return total;
}
