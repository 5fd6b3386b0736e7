import type { AbortSignalLike } from "../pipeline/cancellation.js";

/** Does nothing, since only Node counts the listeners of a signal. */
export function expectManyListeners(_signal: AbortSignalLike | undefined): void {}

let hasWarned = false;

/**
 * Warns once per page that its visitors can read the access key. It uses the console, since the log is off by default.
 * Workers have no document, and visitors can't read their memory.
 */
export function warnOfKeyInPage(): void {
  if (hasWarned || !("document" in globalThis)) return;
  hasWarned = true;
  console.warn("acs-identity: visitors of this page can read its access key (see TROUBLESHOOTING.md)");
}
