// Runs programs side by side, which come as JSON, and prints what each of them printed.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const programs = JSON.parse(process.argv[2]);
const outcomes = programs.map(async ([name, [program, ...args]]) => {
  const outcome = await run(program, args, { timeout: 60_000 }).catch((error) => error);
  return [name, (outcome.stdout || outcome.stderr || String(outcome)).trim().split("\n")];
});
console.log(JSON.stringify(Object.fromEntries(await Promise.all(outcomes))));
