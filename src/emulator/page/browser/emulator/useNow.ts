import { useEffect, useReducer, useRef } from "preact/hooks";
import { useSignal } from "../signal.js";
import { emulatorClock, type Watcher } from "./emulatorClock.js";

/**
 * Returns the emulator's time. The component is rendered again when that reaches the returned moment, or is changed, so
 * that a thousand cards needn't be rendered once a second.
 * @param nextChange - Returns when what the component shows changes next.
 */
export function useNow(nextChange: (now: number) => number): number {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const now = emulatorClock.now();
  const watcher = useRef<Watcher>({ due: 0, notify: () => render(undefined) });
  watcher.current.due = nextChange(now);
  useEffect(() => emulatorClock.watch(watcher.current), []);
  return now;
}

/** Returns the emulator's time, once a second. */
export function useSeconds(): number {
  useSignal(emulatorClock.ticks);
  return emulatorClock.now();
}

/** Returns when the next day of this computer begins. Times get a date then. */
export function nextMidnight(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0);
}
