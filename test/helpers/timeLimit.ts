/**
 * How long a test, a hook or a wait may take, in milliseconds, where they wait for programs, files or other machines. It
 * only ends what hangs: a machine that is busy with something else may need minutes for what usually takes a second.
 */
export const timeLimit = 300_000;

/**
 * The same for unit tests, of which the slowest takes 4 seconds, and 35 on a machine that has ten times more to do, and
 * for all tests under Wine. Those that need more have the other limit.
 */
export const unitTimeLimit = 120_000;
