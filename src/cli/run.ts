import type { RestError, RestErrorInfo } from "acs-identity";
import { packageVersion } from "../shared/version.js";
import { type Command, commonFlags } from "./command.js";
import { CommandError, exitCodes, usageError } from "./commandError.js";
import { commands } from "./commands.js";
import { helpOf, overview } from "./help.js";
import { asksForJson, Output, outliveReaders, print } from "./output.js";
import { parse, suggestion } from "./parse.js";

/** Runs a command and sets the exit code. Resolves when it is done or, for the emulator, once that listens. */
export async function run(given: readonly string[]): Promise<void> {
  outliveReaders();
  const end = given.includes("--") ? given.indexOf("--") : given.length;
  const [args, rest] = [given.slice(0, end), given.slice(end + 1)];
  let command: Command | undefined;
  try {
    const ordered = withOptionsLast(args);
    const [first] = ordered;
    const words = ordered.filter((word) => !word.startsWith("-"));
    if (first === "help" || ordered.some(isHelp))
      return await showHelp(words.slice(first === "help" ? 1 : 0));
    if (words.length === 0 && ordered.includes("--version")) return await showVersion();
    if (first === undefined || first === "--json") return await showHelp([]);
    command = commandOf(ordered);
    if (command.takesProgram && end < given.length && rest.length === 0)
      throw usageError("-- is followed by a command, such as npm test");
    await runCommand(command, ordered.slice(wordsOf(command).length), rest);
  } catch (error) {
    const json = asksForJson(args, process.env, command?.name === "emulator");
    const { code, message, fields } = explain(error);
    const help = `acs-identity ${command ? `${command.name} ` : ""}--help`;
    const lines = code === exitCodes.usage ? `${message.replace(/(?<![.?])$/, ".")} See ${help}` : message;
    new Output({ json }).error(lines, fields);
    process.exitCode = code;
  }
}

async function runCommand(command: Command, args: readonly string[], rest: readonly string[]): Promise<void> {
  const { flags, run: runWith } = await command.load();
  const { values, operands: before } = parse(args, { ...flags, ...commonFlags });
  if (values.version) return showVersion();
  const program = command.takesProgram && rest.length > 0 ? rest : undefined;
  const operands = program ? before : [...before, ...rest];
  checkOperands(command, operands);
  await runWith({ values, operands, program, environment: process.env, json: values.json === true });
}

function showVersion(): Promise<void> {
  return print(`${packageVersion}\n`);
}

const isHelp = (argument: string) => argument === "--help" || argument === "-h";

/** Moves the options that every command takes behind the name of the command. */
function withOptionsLast(args: readonly string[]): readonly string[] {
  const common = [...Object.keys(commonFlags).map((name) => `--${name}`), "-h"];
  const start = args.findIndex((argument) => !common.includes(argument));
  return start === -1 ? args : [...args.slice(start), ...args.slice(0, start)];
}

/** Shows the help of a command or, for the first word of several, that of all of them. */
async function showHelp(words: readonly string[]): Promise<void> {
  const [first] = words;
  const group =
    words.length < 2 ? commands.filter((each) => wordsOf(each)[1] && wordsOf(each)[0] === first) : [];
  if (first === undefined || group.length > 0) {
    return print(overview(group.length > 0 ? group : commands));
  }
  const command = commandOf(words);
  const { flags } = await command.load();
  return print(helpOf(command, flags));
}

const wordsOf = ({ name }: Command) => name.split(" ");

/** @throws CommandError for an unknown command. It repeats no word that may be a secret. */
function commandOf(args: readonly string[]): Command {
  const [first = "", second = ""] = args;
  const found = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  if (found) return found;
  const group = commands.flatMap((command) =>
    wordsOf(command)[0] === first ? wordsOf(command).slice(1) : [],
  );
  const looksLikeWord = (word: string) => /^[a-z-]{1,20}$/i.test(word);
  if (group.length > 0) {
    const hint = looksLikeWord(second) ? suggestion(second, group, `${first} `) : "";
    const names = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(group);
    throw usageError(`${first} is followed by ${names}${hint}`);
  }
  if (first.startsWith("-")) throw usageError("This option comes after the name of a command");
  if (!looksLikeWord(first)) throw usageError("The name of a command comes first");
  const names = commands.flatMap((command) => wordsOf(command).slice(0, 1));
  throw usageError(`Unknown command ${first}${suggestion(first, names)}`);
}

function checkOperands({ name, operand = "" }: Command, given: readonly string[]): void {
  const most = operand === "" ? 0 : 1;
  if (given.length === 0 && most === 1 && !operand.startsWith("["))
    throw usageError(`${name} needs ${operand}`);
  if (given.length > most) {
    // The operand isn't repeated, because it may be a connection string.
    const message =
      most === 0 ? "Unexpected argument: options start with --" : `${name} takes only ${operand}`;
    throw usageError(message);
  }
  if (given.includes("")) throw usageError(`${name} needs ${operand}, which is empty: is its variable set?`);
}

function explain(error: unknown): { code: number; message: string; fields?: Record<string, unknown> } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommandError) return { code: error.exitCode, message };
  const { name, statusCode, code, requestId, details } = error as Partial<RestError & RestErrorInfo>;
  // The client refuses an ID that can't be one.
  if (code === "INVALID_ARGUMENT") return { code: exitCodes.usage, message };
  if (name !== "RestError") return { code: exitCodes.failed, message };
  const refusal = statusCode === undefined ? "" : `${[statusCode, code].filter(Boolean).join(" ")}: `;
  const diagnosis = details?.emulatorDiagnosis;
  const isUnclear = statusCode === undefined || code === "Denied";
  const words = [
    `${refusal}${message}`,
    ...(diagnosis ? [`The emulator says: ${diagnosis}`] : []),
    ...(code === "IdentityNotOwned" && !diagnosis
      ? ["The user was deleted, or was created with another resource"]
      : []),
    ...(isUnclear ? ["`npx --no-install acs-identity doctor` finds out why"] : []),
  ];
  const fields = Object.entries({ statusCode, code, requestId }).filter(([, value]) => value !== undefined);
  return {
    code: exitCodes.failed,
    // A server's text can't start a new line.
    message: words.map((line) => line.replace(/[\r\n]+/g, " ")).join("\n"),
    fields: Object.fromEntries(fields),
  };
}
