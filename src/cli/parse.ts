import { parseArgs } from "node:util";
import { closestName } from "../testing/validation/closestName.js";
import { usageError } from "./errors.js";

/** A flag of a command, as `parseArgs` takes it, and its help. */
export interface Flag {
  readonly type: "string" | "boolean";
  /** Whether it can be given more than once. Its values are then joined by commas. */
  readonly multiple?: boolean;
  readonly short?: string;
  /** The placeholder for its value in the help. */
  readonly value?: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export function valued(value: string, help: string, short?: string): Flag {
  return { type: "string", value, help, ...(short && { short }) };
}

export function toggle(help: string, short?: string): Flag {
  return { type: "boolean", help, ...(short && { short }) };
}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

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
  let values: Values;
  let operands: readonly string[];
  try {
    const parsed = parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: true });
    const joined = Object.entries(parsed.values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : value,
    ]);
    values = Object.fromEntries(joined);
    operands = parsed.positionals;
  } catch (error) {
    throw usageError(explainParseError(error, args, flags));
  }
  const empty = Object.keys(values).find((name) => values[name] === "");
  if (empty !== undefined) throw usageError(`--${empty} is empty`);
  return { values, operands };
}

/**
 * Splits arguments where a program begins: after `--`, or at the first word that isn't an option or its value. A word that
 * looks like a value (`true`, 7311, a connection string) begins none, and stays with the options.
 */
export function splitProgram(
  args: readonly string[],
  flags: Flags,
): { readonly own: readonly string[]; readonly program?: readonly string[] } {
  const first = tokenize(args, flags).find(({ kind }) => kind !== "option");
  if (!first) return { own: args };
  const isMarked = first.kind === "option-terminator";
  const word = args[first.index] ?? "";
  if (!isMarked && (/[=;]|^(?:true|false)?$/i.test(word) || !Number.isNaN(Number(word))))
    return { own: args };
  return { own: args.slice(0, first.index), program: args.slice(isMarked ? first.index + 1 : first.index) };
}

function tokenize(args: readonly string[], flags: Flags) {
  return parseArgs({ args: [...args], options: flags, strict: false, tokens: true }).tokens;
}

function explainParseError(error: unknown, args: readonly string[], flags: Flags): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") return message;
  for (const token of tokenize(args, flags)) {
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
