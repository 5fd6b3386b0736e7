import { setMaxListeners } from "node:events";
import type { AbortSignalLike } from "../../pipeline/cancellation.js";

/**
 * Node 20 warns of a leak from the eleventh listener of a signal on, and an app may well have hundreds of calls that
 * share the signal of its shutdown. Each call removes its listener when it ends.
 */
export function expectManyListeners(signal: AbortSignalLike): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}

/** Nobody reads the memory of a server. */
export function warnOfKeyInPage(): void {}
