import * as util from "node:util";
import type { LogEntry, LogLevel } from "../emulator/options/options.js";
import type { Environment } from "./command.js";
import { CommandError } from "./errors.js";
import type { Explanation } from "./restError.js";

/** The levels of the log, from the one that shows least to the one that shows most. */
export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

/** The values that mean true in an environment variable. */
export const yes: readonly string[] = ["1", "true", "yes", "on"];

/** Tells whether to write JSON, before the flags are parsed: parsing may be what fails. */
export function asksForJson(args: readonly string[], environment: Environment, isEmulator: boolean): boolean {
  const variable = isEmulator ? environment.ACS_EMULATOR_JSON : undefined;
  return args.includes("--json") || yes.includes(variable?.toLowerCase() ?? "");
}

/** Writes text or, with --json, one object per line: results to stdout, notes, errors and logs to stderr. */
export class Output {
  readonly #json: boolean;
  readonly #rank: number;

  constructor({ json, logLevel = "info" }: { json: boolean; logLevel?: LogLevel | "silent" }) {
    this.#json = json;
    this.#rank = logLevels.indexOf(logLevel);
  }

  /**
   * Writes the result of a command, whatever the log level.
   * @param made - The id of what the command made, which must not get lost.
   * @throws CommandError if it can't be written, with the id of what was made.
   */
  async result(
    forPrograms: Readonly<Record<string, unknown>>,
    forPeople: readonly string[],
    made?: string,
  ): Promise<void> {
    if (!this.#json) return this.show(forPeople, made);
    await print(`${escapeControls(JSON.stringify(forPrograms))}\n`, made);
  }

  /** Writes a part of the result for people. Omitted with --json, whose one object comes at the end. @throws CommandError */
  async show(lines: readonly string[], made?: string): Promise<void> {
    if (this.#json || lines.length === 0) return;
    // The lines are written in one piece, so that a reader never gets half of them.
    await print(lines.map((line) => `${markUp(escapeControls(line))}\n`).join(""), made);
  }

  /** Writes a remark for people. It isn't on stdout, which a script may use as it is. Omitted with --json. */
  note(text: string): void {
    if (!this.#json) writeError(text);
  }

  /** Writes a warning, whatever the log level. */
  warning(message: string): void {
    writeError(this.#json ? JSON.stringify({ level: "warn", message }) : message, "yellow");
  }

  /** Writes why the command failed, for programs with `fields`, and for people with `notes` below it. */
  error({ message, fields, notes = [] }: Omit<Explanation, "code">): void {
    if (this.#json) writeError(JSON.stringify({ level: "error", message, ...fields }));
    else for (const line of [...message.split("\n"), ...notes]) writeError(line, "red");
  }

  /** Writes an entry of the log. Drops it if so much is unread that nobody seems to read the log: it would fill the memory. */
  log({ level, message, fields }: LogEntry): void {
    if (logLevels.indexOf(level) > this.#rank || process.stderr.writableLength > mostUnreadInBytes) return;
    const time = new Date().toISOString();
    if (this.#json) writeError(JSON.stringify({ time, level, message, ...fields }));
    else writeError(`${time.slice(11, 23)} ${level.padEnd(5)} ${message}`, levelColors[level]);
  }
}

/** Returns a line for each row with a value. */
export function table(rows: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, value]) => (value ? [`${name.padEnd(width)}  ${value}`] : []));
}

/**
 * Keeps the process running if nobody reads its output any more, such as after `| head`. Other failures of standard output
 * reach `print`; a log that can't be written ends nothing.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.off("error", ignore).on("error", ignore);
}

const ignore = () => {};

const mostUnreadInBytes = 1024 * 1024;
const readersGraceInMs = 1000;

/**
 * Lets the process end although nobody reads its output: Node waits for as long as a pipe takes no more. Readers have a second
 * for what is left, and the rest is lost. The process ends earlier if nothing is left.
 */
export function leaveReaders(): void {
  const end = () => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) process.exit();
  };
  setTimeout(end, readersGraceInMs).unref();
}

/**
 * Writes to standard output.
 * @param made - The id of what the command made, if anything.
 * @throws CommandError if it can't be written or nobody reads it any more, with the id of what was made.
 */
export async function print(text: string, made?: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    process.stdout.write(text, (error?: NodeJS.ErrnoException | null) => resolve(error?.code));
  });
  if (code === undefined) return;
  throw new CommandError(`${made ? `${made}: ` : ""}The result can't be written to standard output: ${code}`);
}

function writeError(line: string, color?: Color): void {
  process.stderr.write(`${paint(escapeControls(line), color, process.stderr)}\n`);
}

type Color = "red" | "yellow" | "green";
const levelColors: Readonly<Record<string, Color>> = { error: "red", warn: "yellow" };

/** Colors text for a terminal that has colors, unless NO_COLOR is set. Node before 20.12 has no function for it. */
function paint(text: string, color: Color | undefined, stream: NodeJS.WriteStream): string {
  if (!color || !stream.hasColors?.()) return text;
  return util.styleText?.(color, text, { validateStream: false }) ?? text;
}

/**
 * Escapes control characters and those that change the direction of text, so that nothing that came from outside can
 * forge lines, hide in them or give orders to a terminal. Escapes such as `\u0085` are valid in JSON, too, where these characters occur only in strings.
 */
function escapeControls(line: string): string {
  return escapeMatches(line, /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu);
}

/** Writes the characters that match as escapes, such as `\ufeff`. */
export function escapeMatches(text: string, characters: RegExp): string {
  return text.replace(
    characters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const asciiMarks: Readonly<Record<string, string>> = { "✓": "[ok]", "✗": "[failed]", "→": "->", "…": "..." };
const markColors: Readonly<Record<string, Color>> = { "✓": "green", "✗": "red", "!": "yellow" };

/** Colors the mark that begins a line. In output to a file or a pipe on Windows, which is read in an old code page, marks become ASCII. */
function markUp(line: string): string {
  if (process.stdout.isTTY)
    return line.replace(/^[✓✗!]/, (mark) => paint(mark, markColors[mark], process.stdout));
  return process.platform === "win32" ? line.replace(/[✓✗→…]/g, (mark) => asciiMarks[mark] ?? mark) : line;
}
