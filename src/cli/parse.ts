import { parseArgs } from "node:util";
import { closestName } from "../testing/closestName.js";
import { usageError } from "./commandError.js";

/** A flag of a command. */
export interface Flag {
  readonly type: "string" | "boolean";
  /** Whether it can be given more than once. Its values are then joined by commas. */
  readonly isRepeatable?: boolean;
  /** A one-letter alias. */
  readonly short?: string;
  /** The placeholder for its value in the help. */
  readonly value?: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Returns a flag that takes a value. */
export function valued(value: string, help: string, short?: string): Flag {
  return { type: "string", value, help, ...(short && { short }) };
}

/** Returns a flag that is given or not. */
export function toggle(help: string, short?: string): Flag {
  return { type: "boolean", help, ...(short && { short }) };
}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** A parsed command line. */
export interface Parsed {
  /** The values by flag name. Flags that weren't given are absent. */
  readonly values: Values;
  /** Everything that isn't a flag, such as an ID. */
  readonly operands: readonly string[];
}

/**
 * Parses the arguments of one command.
 * @throws CommandError for an unknown flag, or a missing or empty value. It repeats only names of flags.
 */
export function parse(args: readonly string[], flags: Flags): Parsed {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, isRepeatable = false }]) => [
      name,
      { type, multiple: isRepeatable, ...(short ? { short } : {}) },
    ]),
  );
  let values: Values;
  let operands: readonly string[];
  try {
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    const joined = Object.entries(parsed.values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : value,
    ]);
    values = Object.fromEntries(joined);
    operands = parsed.positionals;
  } catch (error) {
    throw usageError(problemOf(error, args, options, flags));
  }
  const empty = Object.keys(values).find((name) => values[name] === "");
  if (empty !== undefined) throw usageError(`--${empty} is empty`);
  return { values, operands };
}

function problemOf(
  error: unknown,
  args: readonly string[],
  options: Record<string, { type: "string" | "boolean" }>,
  flags: Flags,
): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") return message;
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option" || token.name in flags) continue;
    // A secret may follow the dash, so only what looks like a flag is repeated.
    if (!/^--?[\w-]{1,30}$/.test(token.rawName)) return "Unknown option";
    return `Unknown option ${token.rawName}${suggestion(token.name, Object.keys(flags), "--")}`;
  }
  return "Unknown option";
}

/** Returns `. Did you mean …?` with the candidate that the word is a misspelling of, or "" if there is none. */
export function suggestion(word: string, candidates: readonly string[], prefix = ""): string {
  const closest = closestName(word, candidates);
  return closest ? `. Did you mean ${prefix}${closest}?` : "";
}
