// Imported first by the service, for its effect: from then on SIGTERM and SIGINT end the process with exit code 0, even
// while it starts. They kill the other programs, whose work isn't done then.
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
