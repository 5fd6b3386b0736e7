import type { AbortSignalLike } from "../pipeline/cancellation.js";

/** Does nothing, since only Node counts the listeners of a signal. */
export function expectManyListeners(_signal: AbortSignalLike | undefined): void {}
