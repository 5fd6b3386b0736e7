// `npm run test:live`: runs the cases against a real resource. docs/verification.md says what that proves.
import { run, sweep } from "./run.js";
import { readSettings, SettingsError, usage } from "./settings.js";

const known = ["--record", "--sweep"];
const flags = process.argv.slice(2);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    console.error("Stopping after this call, and deleting what was created.");
    interrupted.abort();
  });
}

try {
  if (flags.some((flag) => !known.includes(flag))) throw new SettingsError(usage);
  const environment = {
    settings: await readSettings(process.env),
    folder: process.cwd(),
    print: console.log,
    signal: interrupted.signal,
    record: flags.includes("--record"),
  };
  process.exitCode = await (flags.includes("--sweep") ? sweep(environment) : run(environment));
} catch (error) {
  // An unexpected error's message might hold what a file may not, but this is the terminal of who has the key.
  console.error(error instanceof SettingsError ? error.message : error);
  process.exitCode = 2;
}
