/**
 * How long a test, a hook or a wait may take, in milliseconds. It only ends what hangs: a machine that is busy with
 * something else may need minutes for what usually takes a second.
 */
export const timeLimit = 300_000;
