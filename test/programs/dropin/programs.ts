// The programs in projects/ were written for the official package. This runs them with it or with another package.
import { readdirSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../helpers/command.js";
import { root } from "../../helpers/packed.js";

export const officialName = "@azure/communication-identity";

const sources = ["javascript", "typescript"].map((name) =>
  fileURLToPath(new URL(`./projects/${name}`, import.meta.url)),
);

/** The file names of all programs, before compilation. */
export const programs: readonly string[] = sources.flatMap((folder) => readdirSync(folder));

/** Copies the programs into a project, sets the package's name, and compiles the TypeScript ones in strict mode. */
export async function prepare(folder: string, packageName: string): Promise<void> {
  for (const source of sources) await cp(source, folder, { recursive: true });
  const files = (await readdir(folder)).filter((name) => programs.includes(name));
  for (const name of files) {
    const text = await readFile(join(folder, name), "utf8");
    await writeFile(join(folder, name), text.replaceAll(officialName, packageName));
  }
  const compilerOptions = {
    strict: true,
    target: "es2022",
    module: "nodenext",
    types: ["node"],
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    outDir: ".",
  };
  const config = { compilerOptions, files: files.filter((name) => /\.[mc]ts$/.test(name)) };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await run(process.execPath, [join(root, "node_modules/typescript-7/bin/tsc"), "-p", "."], { cwd: folder });
}

/** Runs a program and returns its output, with placeholders for what differs between runs. */
export async function outputOf(
  program: string,
  folder: string,
  env: Record<string, string>,
): Promise<string> {
  const script = program.replace(/ts$/, "js");
  const output = await run(process.execPath, [script], { cwd: folder, env });
  return (
    output
      // Documented additions of this package that appear only with the emulator.
      .replace(/,\n +emulatorDiagnosis: .*$/gm, "")
      .replace(/ \(Emulator: .*\)(?=['"]?,?$)/gm, "")
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<jwt>")
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<guid>")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<date>")
  );
}
