import { readText } from "../helpers/documents.js";

/** What a section of a page tells a new user to do. */
export interface Steps {
  /** The lines for the first terminal. The last one starts the emulator. */
  readonly lines: readonly string[];
  /** The programs by the names to save them as. */
  readonly files: readonly (readonly [name: string, content: string])[];
  /** How to run the programs, in their order. */
  readonly commands: readonly string[];
}

/** The steps of docs/teams.md, which go on where the package is installed. */
export const teamsSteps = (): Steps => readSteps("docs/teams.md", "First, with the emulator");

export function readSteps(page: string, section = "Try it"): Steps {
  const [, start = ""] = readText(page).replaceAll("\r\n", "\n").split(`\n## ${section}\n`);
  const [text = ""] = start.split("\n## ");
  const [, lines = ""] = /```sh\n(.*?)```/s.exec(text) ?? [];
  const programs = [...text.matchAll(/```(?:ts|js)[^\n]*\n(.*?)```/gs)].map(([, content = ""]) => content);
  const names = [...text.matchAll(/[Ss]ave this as `(\S+?)`/g)].map(([, name = ""]) => name);
  return {
    lines: lines.trim().split("\n"),
    files: names.map((name, index) => [name, programs[index] ?? ""]),
    commands: [...text.matchAll(/run `(node .+?)`/g)].map(([, command = ""]) => command),
  };
}
