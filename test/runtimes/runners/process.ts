import { run } from "../../package/command.js";
import { bundleRunner } from "../bundles.js";
import type { Project } from "../project.js";
import type { CaseResult } from "../suite.js";

/** A runtime that is a program: Node, Bun, Deno. */
export async function runOnCommandLine(
  { folder, connectionString }: Project,
  binary: string,
  flags: readonly string[],
  format: "esm" | "cjs" = "esm",
): Promise<CaseResult[]> {
  const file = await bundleRunner("commandLine.ts", folder, format);
  const output = await run(binary, [...flags, file, connectionString], { cwd: folder });
  return JSON.parse(output) as CaseResult[];
}
