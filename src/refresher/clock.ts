/**
 * Creates a clock that counts time asleep, but doesn't go back if somebody sets the device's clock back. `now` is in
 * milliseconds since an arbitrary moment, and `toTimestamp` says what `Date.now()` is at such a time.
 */
export function createClock(): { now(): number; toTimestamp(time: number): number } {
  let ahead = Date.now() - performance.now();
  let slept = 0;
  return {
    now() {
      const jump = Date.now() - performance.now() - ahead;
      // A short step back may come from the rounding of both clocks.
      if (jump > 0 || jump < -1000) {
        ahead += jump;
        // Setting the clock ahead looks like sleep, because `performance.now()` may stand still then.
        slept += Math.max(0, jump);
      }
      return performance.now() + slept;
    },
    toTimestamp: (time) => Math.floor(time - slept + ahead),
  };
}
