import { check, checkMembers } from "../validation/check.js";

/** A span of time: the sum of its parts. Each part may be fractional or negative. @defaultValue 0 */
export interface Duration {
  /** Of 24 hours. */
  readonly days?: number | undefined;
  /** Of 60 minutes. */
  readonly hours?: number | undefined;
  /** Of 60 seconds. */
  readonly minutes?: number | undefined;
  /** Of 1000 milliseconds. */
  readonly seconds?: number | undefined;
  /** The clock shows whole milliseconds only. */
  readonly milliseconds?: number | undefined;
}

/**
 * The clock of the fake service. It decides when ACS tokens are issued and expire, and when throttling windows end.
 *
 * Signatures and everything of Entra ID live in the machine's time plus `skew`, because clients use the machine's time: a
 * client can still authenticate after `advance({ hours: 23 })`. An exchange gives a token what is left of the Entra token's
 * life.
 */
export interface FakeClock {
  /**
   * Returns the service's time.
   *
   * @example
   * ```ts
   * const isExpired = expiresOn <= service.clock.now();
   * ```
   */
  now(): Date;
  /**
   * Moves the service's time forward, or back by a negative duration.
   *
   * @param by - The sum of `days`, `hours`, `minutes`, `seconds` and `milliseconds`, each 0 by default.
   * @throws TypeError outside 1970 to 2100.
   * @example
   * ```ts
   * service.clock.advance({ hours: 24 });
   * ```
   */
  advance(by: Duration): void;
  /**
   * Sets the service's time. It continues from there unless it is frozen.
   *
   * @param time - A `Date`, an ISO 8601 string or milliseconds since 1970.
   * @throws TypeError if it isn't a time from 1970 to 2100.
   * @example
   * ```ts
   * service.clock.set("2030-01-01T00:00:00Z");
   * ```
   */
  set(time: Date | string | number): void;
  /**
   * Stops the service's time; `advance` and `set` still move it.
   *
   * @example
   * ```ts
   * service.clock.freeze();
   * ```
   */
  freeze(): void;
  /**
   * Lets a frozen time run again from where it stopped.
   *
   * @example
   * ```ts
   * service.clock.resume();
   * ```
   */
  resume(): void;
  /**
   * Sets the service's wall clock ahead of the machine's, or behind it by a negative duration, so that a
   * client's signatures look too old or too new. The `Date` header shows this clock.
   *
   * @param by - The whole difference, which replaces an earlier one: the sum of its parts, each 0 by default.
   * @throws TypeError outside 1970 to 2100.
   * @example
   * ```ts
   * service.clock.skew({ minutes: 20 });
   * ```
   */
  skew(by: Duration): void;
  /**
   * Returns to the machine's time, or to the time that the service was created with.
   *
   * @example
   * ```ts
   * service.clock.reset();
   * ```
   */
  reset(): void;
}

/** The state of a clock in a snapshot. */
export interface ClockState {
  /** How far the service's time is ahead of the machine's while it isn't frozen. */
  readonly offsetInMs: number;
  /** The frozen time in milliseconds since 1970. Absent while the time runs. */
  readonly frozenAt?: number;
  /** How far the clock that signatures are checked against is ahead of the machine's. */
  readonly skewInMs: number;
}

export class ServiceClock implements FakeClock {
  readonly #initial: ClockState;
  #state: ClockState;
  /** Called after the time was moved or stopped. */
  onMove: () => void = () => {};

  /** @param frozenAt - The time to freeze at, in milliseconds since 1970. Without it, the time runs. */
  constructor(frozenAt?: number) {
    this.#initial =
      frozenAt === undefined ? { offsetInMs: 0, skewInMs: 0 } : { offsetInMs: 0, frozenAt, skewInMs: 0 };
    this.#state = this.#initial;
  }

  /** The service's time in milliseconds since 1970. */
  get time(): number {
    return this.#state.frozenAt ?? Date.now() + this.#state.offsetInMs;
  }

  /** The service's time after a reset, in milliseconds since 1970. */
  get initialTime(): number {
    return this.#initial.frozenAt ?? Date.now();
  }

  /** The earliest time that a reset or restart can return to. Tokens that expired after it can become valid again. */
  get earliest(): number {
    return Math.min(this.time, Date.now(), this.initialTime);
  }

  /** The time that signatures are checked against, and that Entra tokens live in, in milliseconds since 1970. */
  get wallTime(): number {
    return Date.now() + this.#state.skewInMs;
  }

  /** The time of {@link wallTime} in whole seconds. */
  get wallSeconds(): number {
    return Math.floor(this.wallTime / 1000);
  }

  /** Converts a time of the wall clock to the service's, so that as much of a token's life is left. */
  toServiceTime(wallTime: number): number {
    const { frozenAt, offsetInMs, skewInMs } = this.#state;
    return frozenAt === undefined ? wallTime + offsetInMs - skewInMs : wallTime - this.wallTime + frozenAt;
  }

  get state(): ClockState {
    return this.#state;
  }

  /** @throws TypeError as `checkedClockState` does. */
  set state(state: ClockState) {
    this.#move(checkedClockState(state));
  }

  now(): Date {
    return new Date(this.time);
  }

  advance(by: Duration): void {
    this.set(this.time + milliseconds(by));
  }

  set(time: Date | string | number): void {
    const target = checkedTime(time, "The clock's time");
    this.#move(
      this.#state.frozenAt === undefined
        ? { ...this.#state, offsetInMs: target - Date.now() }
        : { ...this.#state, frozenAt: target },
    );
  }

  freeze(): void {
    this.#move({ ...this.#state, frozenAt: this.time });
  }

  resume(): void {
    this.#move({ offsetInMs: this.time - Date.now(), skewInMs: this.#state.skewInMs });
  }

  skew(by: Duration): void {
    const skewInMs = milliseconds(by);
    checkedTime(Date.now() + skewInMs, "The clock's time with its skew");
    this.#move({ ...this.#state, skewInMs });
  }

  reset(): void {
    this.#move(this.#initial);
  }

  /** Returns a clock with the same state, for trying moves. */
  copy(): ServiceClock {
    const copy = new ServiceClock(this.#initial.frozenAt);
    copy.#state = this.#state;
    return copy;
  }

  #move(state: ClockState): void {
    this.#state = state;
    this.onMove();
  }
}

/** A token's expiry must fit in 32-bit seconds, which last until 2106. Tokens live for a day at most. */
const latestTime = Date.UTC(2100, 0);

/** A clock that was set to the latest time runs on. */
const latestRunningTime = Date.UTC(2105, 0);

/** Returns the state of a clock. @throws TypeError if a member isn't a number, or no clock can get there. */
export function checkedClockState({ offsetInMs, frozenAt, skewInMs }: ClockState): ClockState {
  check(
    [offsetInMs, frozenAt ?? 0, skewInMs].every(Number.isFinite),
    "The members of a clock must be numbers",
  );
  checkedTime(Date.now() + offsetInMs, "The clock's time", latestRunningTime);
  checkedTime(Date.now() + skewInMs, "The clock's time with its skew", latestRunningTime);
  if (frozenAt === undefined) return { offsetInMs, skewInMs };
  return { offsetInMs, skewInMs, frozenAt: checkedTime(frozenAt, "The clock's frozenAt", latestRunningTime) };
}

/** A date, or a date and a time of the machine's zone or of a named one. */
const iso8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Returns a time in milliseconds since 1970. @throws TypeError if the service's clock can't show it. */
export function checkedTime(time: Date | string | number, name: string, latest: number = latestTime): number {
  const value = timeValue(time);
  check(
    value >= 0 && value <= latest,
    `${name} must be a Date, an ISO 8601 string or milliseconds, from 1970 to 2100`,
  );
  return value;
}

/** Returns whether the service's clock can be set to a value. */
export function isTime(value: unknown): boolean {
  const time = timeValue(value);
  return time >= 0 && time <= latestTime;
}

/** Returns NaN for what is no time. Date itself would read null as 1970, and the texts "0" and "Jan 1" as some year. */
function timeValue(value: unknown): number {
  if (typeof value === "string") return iso8601.test(value) ? Date.parse(value) : Number.NaN;
  return value instanceof Date || typeof value === "number" ? new Date(value).getTime() : Number.NaN;
}

const units: Readonly<Record<keyof Duration, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
};

/** Returns whether a value has the form of a duration. */
export function isDuration(value: unknown): value is Duration {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([unit, part]) => Object.hasOwn(units, unit) && Number.isFinite(part))
  );
}

/** @throws TypeError if the duration has an unknown member, or one that isn't a finite number. */
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
