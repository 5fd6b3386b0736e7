import { setMaxListeners } from "node:events";
import type { AbortSignalLike } from "../pipeline/cancellation.js";

/**
 * Turns off the warning of a leak that Node 20 prints at a signal's eleventh listener. An app may well have hundreds of
 * calls that share its shutdown signal. Each call removes its listener when it ends.
 */
export function expectManyListeners(signal: AbortSignalLike | undefined): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
}
