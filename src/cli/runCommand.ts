import type { RestError, RestErrorInfo } from "acs-identity";
import { packageVersion } from "../shared/version.js";
import { type Command, commonFlags } from "./command.js";
import { commands } from "./commandTable.js";
import { CommandError, exitCodes, usageError } from "./errors.js";
import { commandHelp, overview } from "./help.js";
import { asksForJson, Output, outliveReaders, print } from "./output.js";
import { parse, splitProgram, suggestion } from "./parse.js";
import type { Explanation } from "./restError.js";

/** Runs a command and sets the exit code. Resolves when it is done or, for the emulator, once that listens. */
export async function runCommand(given: readonly string[]): Promise<void> {
  outliveReaders();
  let command: Command | undefined;
  // The command's own arguments, without those of a program, which may have options of the same names.
  let own = given;
  try {
    const start = given.findIndex((argument) => !commonOptions.includes(argument));
    const [common, named] = start === -1 ? [given, []] : [given.slice(0, start), given.slice(start)];
    if (start === -1 && common.includes("--version") && !common.some(isHelp)) return await print(versionLine);
    if (start === -1) return await showHelp([]);
    if (named[0] === "help") return await showHelp(named.slice(1));
    command = findCommand(named);
    if (!command && given.some(isHelp)) return await showHelp(named);
    if (!command) throw unknownCommand(named);
    const module = await command.load();
    const flags = { ...module.flags, ...commonFlags };
    const args = [...common, ...named.slice(command.name.split(" ").length)];
    const split = command.takesProgram ? splitProgram(args, flags) : undefined;
    own = split?.own ?? args;
    if (own.some(isHelp)) return await showHelp(named);
    const { values, operands } = parse(own, flags);
    if (values.version) return await print(versionLine);
    if (split?.program?.length === 0) throw usageError("-- is followed by a command, such as npm test");
    if (split?.program?.[0] === "") throw usageError("The command after -- is empty: is its variable set?");
    checkOperands(command, operands);
    const [environment, json] = [process.env, values.json === true];
    await module.run({ values, operands, program: split?.program, environment, json });
  } catch (error) {
    const json = asksForJson(own, process.env, command?.name === "emulator");
    const explanation = await explain(error);
    const { code, message } = explanation;
    const help = `acs-identity ${command ? `${command.name} ` : ""}--help`;
    const text = code === exitCodes.usage ? `${message.replace(/(?<![.?])$/, ".")} See ${help}` : message;
    new Output({ json }).error({ ...explanation, message: text });
    process.exitCode = code;
  }
}

const versionLine = `${packageVersion}\n`;

/** The options that every command takes, and that its name may follow. */
const commonOptions = [...Object.keys(commonFlags).map((name) => `--${name}`), "-h"];

const isHelp = (argument: string) => argument === "--help" || argument === "-h";

/** Shows the help of a command or, for the first word of several, that of all of them. */
async function showHelp(args: readonly string[]): Promise<void> {
  const words = args.filter((argument) => !argument.startsWith("-"));
  const group = words.length === 1 ? subcommands(words[0]) : commands;
  const command = findCommand(words);
  if (command) await print(commandHelp(command, (await command.load()).flags));
  else if (words.length > 1 || group.length === 0) throw unknownCommand(words);
  else await print(overview(group));
}

/** Returns the commands that begin with a word, which isn't the name of one. */
function subcommands(first: string | undefined): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `));
}

function findCommand([first, second]: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name === first || name === `${first} ${second}`);
}

/** Returns what is wrong with the name of a command. The error repeats no word that may be a secret. */
function unknownCommand([first = "", second = ""]: readonly string[]): CommandError {
  const looksLikeWord = (word: string) => /^[a-z-]{1,20}$/i.test(word);
  if (first === "user" && second === "list")
    return usageError("The service can't list users, so store their ids. An emulator's page lists its own");
  const group = subcommands(first).map(({ name }) => name.slice(first.length + 1));
  if (group.length > 0) {
    const hint = looksLikeWord(second) ? suggestion(second, group, `${first} `) : "";
    const names = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(group);
    return usageError(`${first} is followed by ${names}${hint}`);
  }
  if (first.startsWith("-")) return usageError("This option comes after the name of a command");
  if (!looksLikeWord(first)) return usageError("The name of a command comes first");
  const turned = commands.find(({ name }) => name === `${second} ${first}`);
  const names = commands.map(({ name }) => name.replace(/ .*/, ""));
  const hint = turned ? `. Did you mean ${turned.name}?` : suggestion(first, names);
  return usageError(`Unknown command ${first}${hint}`);
}

function checkOperands({ name, operand }: Command, given: readonly string[]): void {
  // The operand isn't repeated, because it may be a connection string.
  if (!operand && given.length > 0) throw usageError("Unexpected argument: options start with --");
  if (given.length > 1) throw usageError(`${name} takes only ${operand}`);
  if (given.length === 0 && operand && !operand.startsWith("[")) throw usageError(`${name} needs ${operand}`);
  if (given.includes("")) throw usageError(`${name} needs ${operand}, which is empty: is its variable set?`);
}

async function explain(error: unknown): Promise<Explanation> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommandError) return { code: error.exitCode, message };
  const { name, code } = error as Partial<RestError>;
  // The client refuses an ID that can't be one.
  if (code === "INVALID_ARGUMENT") return { code: exitCodes.usage, message };
  if (name !== "RestError") return { code: exitCodes.failed, message };
  const { explainRestError } = await import("./clientCommands.js");
  return explainRestError(error as RestError & RestErrorInfo);
}
