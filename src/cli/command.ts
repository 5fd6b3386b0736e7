import { type Flag, type Flags, type Parsed, toggle } from "./parse.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Invocation extends Parsed {
  readonly environment: Environment;
  readonly json: boolean;
  /** What follows `--`, if the command takes a program. */
  readonly program: readonly string[] | undefined;
}

/** A command, such as `user create`. */
export interface Command {
  readonly name: string;
  /** The operand after its name, such as `ID`, or `[ID]` if it can be left out. @defaultValue none */
  readonly operand?: string;
  /** Whether it can run a program, which follows `--`. @defaultValue false */
  readonly takesProgram?: boolean;
  readonly summary: string;
  /** Text for the end of its help. @defaultValue the exit codes */
  readonly notes?: string;
  /** Loads the command when it is used, because starting the emulator must not wait for the client. */
  load(): Promise<CommandModule>;
}

export interface CommandModule {
  readonly flags: Flags;
  readonly run: (invocation: Invocation) => Promise<void>;
}

export const commonFlags: Readonly<Record<"json" | "help" | "version", Flag>> = {
  json: toggle("Write JSON: one object, or one for each line of a log"),
  help: toggle("Show this help", "h"),
  version: toggle("Show the version"),
};
