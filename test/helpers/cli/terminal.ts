import { spawn } from "node:child_process";
import { once } from "node:events";
import { cli } from "./command.js";

/** What decides whether a terminal has colors. Node takes one in CI for one without. */
const usual = { CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined, TERM: "xterm" };

/** Whether `onTerminal` works: `script` is a program of util-linux. */
export const hasTerminal: boolean = process.platform === "linux";

export interface OnTerminal {
  /** Returns what was printed so far. */
  readonly out: () => string;
  readonly type: (text: string) => void;
  readonly closed: Promise<unknown>;
}

/** Runs a line of sh in a terminal. Its variable CLI is the command as built. */
export function onTerminal(line: string, environment: Readonly<Record<string, string>> = {}): OnTerminal {
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    env: { ...process.env, ...usual, CLI: `${process.execPath} ${cli}`, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  return { out: () => out, type: (text: string) => child.stdin.write(text), closed: once(child, "close") };
}
