/** Imported first, for its effect: from then on SIGTERM and SIGINT end the process with exit code 0, even while it starts. */
let stop: () => Promise<void> = async () => process.exit(0);
let isStopping = false;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  // npm passes on a signal that its process group has received already, so the second one mustn't end a service that drains.
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    stop().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}

/** Replaces what the signals do. */
export function onStop(action: () => Promise<void>): void {
  stop = action;
}
