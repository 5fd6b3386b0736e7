export const exitCodes = { failed: 1, usage: 2, port: 3, data: 4, notStarted: 127 } as const;

/** The command failed. The message contains no secrets. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  /** Which failure it is, if the doctor has a remedy for it. */
  readonly code: string | undefined;

  constructor(message: string, exitCode: number = exitCodes.failed, code?: string) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
  }
}

/** Returns the error of a command line or environment variable that can't be used. The message says which and why. */
export function usageError(message: string, code?: string): CommandError {
  return new CommandError(message, exitCodes.usage, code);
}
