import type { Flag, Flags, Parsed } from "./parse.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command works with. */
export interface Invocation extends Parsed {
  readonly environment: Environment;
  /** Whether it was asked for JSON. */
  readonly json: boolean;
}

/** One command, such as `user create`. */
export interface Command {
  readonly name: string;
  /** What stands behind its name, such as `ID`. */
  readonly operands?: string;
  /** How many operands it takes. Default: none. */
  readonly operandCount?: readonly [least: number, most: number];
  readonly summary: string;
  /** The end of its help. */
  readonly notes?: string;
  /** Loaded when the command is used, since the start of the emulator must not wait for the client. */
  load(): Promise<CommandModule>;
}

export interface CommandModule {
  readonly flags: Flags;
  readonly run: (invocation: Invocation) => Promise<void>;
}

/** What each command takes. */
export const commonFlags: Readonly<Record<"json" | "help" | "version", Flag>> = {
  json: { type: "boolean", help: "Write JSON: one object, or one for each line of a log" },
  help: { type: "boolean", short: "h", help: "Show this" },
  version: { type: "boolean", help: "Show the version" },
};
