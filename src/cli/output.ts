import type { LogEntry, LogLevel } from "../emulator/options.js";
import type { Environment } from "./command.js";

const ranks: Readonly<Record<LogLevel | "silent", number>> = {
  silent: 0,
  error: 1,
  warn: 2,
  info: 3,
  debug: 4,
};

/** What counts as true in an environment variable. */
export const yes: readonly string[] = ["1", "true", "yes", "on"];

/** Known before the flags are read: the first thing to say may be that one of them can't be used. */
export function asksForJson(args: readonly string[], environment: Environment, isEmulator: boolean): boolean {
  const variable = isEmulator ? environment.ACS_EMULATOR_JSON : undefined;
  return args.includes("--json") || yes.includes(variable?.toLowerCase() ?? "");
}

/** Writes for a person or, with --json, one object per line: answers to stdout, notes and errors to stderr. */
export class Output {
  readonly #json: boolean;
  readonly #rank: number;

  constructor({ json, logLevel = "info" }: { json: boolean; logLevel?: LogLevel | "silent" }) {
    this.#json = json;
    this.#rank = ranks[logLevel];
  }

  /** Written whatever the log level is: it is what was asked for. */
  answer(forPrograms: object, forPeople: readonly string[]): void {
    process.stdout.write(`${this.#json ? JSON.stringify(forPrograms) : forPeople.join("\n")}\n`);
  }

  /** A remark for people beside an answer that a script may take as it is. Nothing with --json. */
  note(text: string): void {
    if (!this.#json) process.stderr.write(`${escapeControls(text)}\n`);
  }

  /** Why the command failed. */
  error(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const lines = this.#json ? [JSON.stringify({ level: "error", message, ...fields })] : message.split("\n");
    for (const line of lines) process.stderr.write(`${escapeControls(line)}\n`);
  }

  log({ level, message, fields }: LogEntry): void {
    if (ranks[level] > this.#rank) return;
    const time = new Date().toISOString();
    const line = this.#json
      ? JSON.stringify({ time, level, message, ...fields })
      : textLine(time, level, message);
    process.stderr.write(`${escapeControls(line)}\n`);
  }
}

function textLine(time: string, level: LogLevel, message: string): string {
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${message}`;
}

/**
 * Escapes what a terminal would obey and what turns the direction of text, so that a request can't forge lines or
 * hide in them. `\u0085` is right in JSON, too, where none of them stands outside a string.
 */
export function escapeControls(line: string): string {
  return line.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
