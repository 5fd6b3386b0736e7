import type { Command } from "./command.js";
import { exitCodesInWords } from "./help.js";

export const commands: readonly Command[] = [
  {
    name: "emulator",
    takesProgram: true,
    summary: "Run the service on this machine, without Azure, or only for a command",
    notes: `With a command, such as npm test, it listens on a free port, sets COMMUNICATION_CONNECTION_STRING and
COMMUNICATION_ENDPOINT for the command, is silent, and ends with the command's exit code. The command begins at the first
word that is no option, or after --.

Each option is also an environment variable, for example ACS_EMULATOR_LOG_LEVEL=warn. Flags take precedence.

Exit codes: 0 stopped, 1 failed, 2 invalid option, 3 port not available, 4 data file not usable,
127 command not found.`,
    load: () => import("./emulator/emulatorCommand.js"),
  },
  {
    name: "user create",
    summary: "Create a user, with a token if --token names its scopes",
    load: () => import("./clientCommands.js").then(({ create }) => create),
  },
  {
    name: "user delete",
    operand: "ID",
    summary: "Delete a user and revoke its tokens",
    load: () => import("./clientCommands.js").then(({ remove }) => remove),
  },
  {
    name: "token issue",
    operand: "[ID]",
    summary: "Issue a token, for a new user if no ID is given",
    load: () => import("./clientCommands.js").then(({ issue }) => issue),
  },
  {
    name: "token revoke",
    operand: "ID",
    summary: "Revoke every token of a user",
    load: () => import("./clientCommands.js").then(({ revoke }) => revoke),
  },
  {
    name: "token inspect",
    operand: "TOKEN",
    summary: "Show what a token says; - reads it from standard input",
    load: () => import("./clientCommands.js").then(({ inspect }) => inspect),
  },
  {
    name: "doctor",
    summary: "Find out why calls fail. It changes nothing on the resource",
    notes: `${exitCodesInWords} Here, 1 means that it found a problem.`,
    load: () => import("./clientCommands.js").then(({ doctor }) => doctor),
  },
];
