import { environmentLines } from "../entra/environment.js";
import type { LogEntry, LogLevel } from "../options.js";
import type { Emulator } from "../startEmulator.js";
import type { CliSettings } from "./settings.js";

const ranks: Readonly<Record<CliSettings["logLevel"], number>> = {
  silent: 0,
  error: 1,
  warn: 2,
  info: 3,
  debug: 4,
};

/** Writes for a person or, with --json, one object per line: the ready line to stdout, the log to stderr. */
export class Output {
  readonly #json: boolean;
  readonly #rank: number;

  constructor({ json, logLevel }: Pick<CliSettings, "json" | "logLevel">) {
    this.#json = json;
    this.#rank = ranks[logLevel];
  }

  /** Written whatever the log level is: programs wait for it. */
  ready({ url, connectionString, service: { entra } }: Emulator): void {
    const { authorityHost, tenantId, clientId, clientSecret } = entra;
    const forPrograms = {
      event: "ready",
      url,
      connectionString,
      entra: { authorityHost, tenantId, clientId, clientSecret },
      pid: process.pid,
    };
    const forPeople = [
      `Ready on ${url}`,
      `Connection string: ${connectionString}`,
      // Microsoft's sign-in libraries talk to no authority over http.
      ...(url.startsWith("https:")
        ? ["To sign in with Entra ID:", ...environmentLines(entra)]
        : ["To sign in with Entra ID, start it with --https"]),
    ];
    process.stdout.write(`${this.#json ? JSON.stringify(forPrograms) : forPeople.join("\n")}\n`);
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
function escapeControls(line: string): string {
  return line.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
