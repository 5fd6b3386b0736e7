// Runs programs side by side, which come as JSON, and prints what each of them printed.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const programs = JSON.parse(process.argv[2]);
const outcomes = programs.map(async ([name, [program, ...args]]) => {
  // As a shell does, for the one argument of Java's that names a file of the emulator.
  const given = args.map((each) =>
    each.replace("$COMMUNICATION_TRUST_STORE", process.env.COMMUNICATION_TRUST_STORE),
  );
  const outcome = await run(program, given, { timeout: 60_000 }).catch((error) => error);
  return [name, (outcome.stdout || outcome.stderr || String(outcome)).trim().split("\n")];
});
console.log(JSON.stringify(Object.fromEntries(await Promise.all(outcomes))));
