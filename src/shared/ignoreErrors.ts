/** Runs a function of the app, such as a logger. If it throws, that doesn't change what happens to the call. */
export function ignoreErrors(run: () => void): void {
  try {
    run();
  } catch {
    // The call has a result or an error of its own.
  }
}
