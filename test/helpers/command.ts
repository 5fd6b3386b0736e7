import { execFile } from "node:child_process";
import { timeLimit } from "./timeLimit.js";

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Returns the output even if the exit code isn't 0. Default: false. */
  readonly mayFail?: boolean;
  /** How long it may take, in milliseconds. Default: as long as a test. */
  readonly timeout?: number;
}

/** Runs a program and returns its standard output. If it fails, rejects with everything that it printed. */
export function run(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, env, mayFail = false, timeout = timeLimit } = options;
  const settings = {
    cwd,
    timeout,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
  };
  return new Promise((resolve, reject) => {
    execFile(program, args, settings, (error, stdout, stderr) => {
      if (!error || (mayFail && typeof error.code === "number")) return resolve(stdout);
      const why = error.killed ? `was ended after ${timeout} ms` : `exited with ${String(error.code)}`;
      reject(new Error(`${program} ${args.join(" ")} ${why}\n${stdout}\n${stderr}`));
    });
  });
}

/** Runs npm without scripts, audits and notices, and without asking the registry about what its cache has. */
export function npm(args: readonly string[], cwd: string): Promise<string> {
  const quiet = [
    "--prefer-offline",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
  ];
  const all = [...args, ...quiet];
  // On Windows `npm` is a batch file, which only a shell can start. npm names its program to what it runs.
  const { npm_execpath: program } = process.env;
  if (process.platform === "win32" && program) return run(process.execPath, [program, ...all], { cwd });
  return run("npm", all, { cwd });
}
