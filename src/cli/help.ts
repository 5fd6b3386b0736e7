import { type Command, commonFlags } from "./command.js";
import { table } from "./output.js";
import type { Flags } from "./parse.js";

export const exitCodesInWords = "Exit codes: 0 done, 1 refused or failed, 2 invalid usage.";

export function overview(commands: readonly Command[]): string {
  const rows = commands.map(
    (command) =>
      [
        [command.name, command.operand, programUsage(command)].filter(Boolean).join(" "),
        command.summary,
      ] as const,
  );
  return `Users and tokens of Azure Communication Services, and a local emulator.

Usage: acs-identity <command> [options]

  ${table(rows).join("\n  ")}

The user and token commands and doctor use the resource of COMMUNICATION_CONNECTION_STRING.
"acs-identity <command> --help" shows the options.
`;
}

export function commandHelp(command: Command, flags: Flags): string {
  const { name, operand, summary, notes = exitCodesInWords } = command;
  const rows = Object.entries({ ...flags, ...commonFlags }).map(
    ([flag, { short, value, help }]) =>
      [`${short ? `-${short}, ` : "    "}--${flag}${value ? ` ${value}` : ""}`, help] as const,
  );
  return `Usage: ${["acs-identity", name, operand, "[options]", programUsage(command)].filter(Boolean).join(" ")}

${summary}.

Options:
  ${table(rows).join("\n  ")}

${notes}
`;
}

function programUsage({ takesProgram }: Command): string {
  return takesProgram ? "[[--] COMMAND …]" : "";
}
