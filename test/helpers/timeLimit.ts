/**
 * How long a test, a hook or a wait may take, in milliseconds, where they wait for programs, files or other machines. It
 * only ends what hangs: a machine that is busy with something else may need minutes for what usually takes a second.
 */
export const timeLimit = 300_000;

/** The time limit of unit tests. It is short, so that a promise that never settles shows soon, on a busy machine, too. */
export const unitTimeLimit = 10_000;

/** The time limit of the few unit tests that need seconds of CPU, or start a program. */
export const slowUnitTimeLimit = 60_000;

/**
 * The time limit of the token service's tests, most of which share a database in their process. Those that start programs, or
 * wait for the service's own limits, have `timeLimit`. In CI it is longer, because other suites run beside these tests.
 */
export const serviceTimeLimit: number = process.env.CI === "true" ? 60_000 : 20_000;

/** The time limit of all tests under Wine. */
export const wineTimeLimit = 120_000;
