/** The command failed with this exit code. @defaultValue 1 */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  /** Which failure it is, if the doctor has a remedy for it. */
  readonly code: string | undefined;

  constructor(message: string, exitCode = 1, code?: string) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
  }
}
