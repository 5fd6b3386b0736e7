// The service imports this module first, for its effect: from then on SIGTERM and SIGINT end the process with exit code 0,
// even while it starts. Without it, they kill a program, as they should if its work isn't done.
let stop: () => Promise<void> = async () => process.exit(0);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    const action = stop;
    // npm passes on a signal that the process group has already. A second one mustn't end a service that is draining.
    stop = async () => {};
    void action();
  });
}

/** Replaces what the signals do. */
export function onStop(action: () => Promise<void>): void {
  stop = action;
}
