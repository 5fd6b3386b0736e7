// A user's project: the packed tarball and @azure/identity, installed by npm on this platform.
import { execFile } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { npm } from "../helpers/command.js";
import { pack, root, temporaryFolder } from "../helpers/packed.js";
import { timeLimit } from "../helpers/timeLimit.js";
import { wineProject } from "./wineProject.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the project. */
    readonly project: string;
  }
}

/** Installs the project in a folder whose name isn't as simple as that of a test, and provides it to all tests. */
export async function setup({ provide }: TestProject): Promise<(() => void) | undefined> {
  const isUnderWine = process.env.WINEPREFIX !== undefined;
  const folder = isUnderWine ? join(root, "..", wineProject) : await temporaryFolder("Anna Jürgens");
  const template = fileURLToPath(new URL("project/", import.meta.url));
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(join(template, name), join(folder, name));
  await npm(["install", await pack(root, folder)], folder);
  provide("project", folder);
  // run.ts ends what is silent for too long.
  console.log("The project is installed.");
  return isUnderWine ? undefined : () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** The path of a file in the project. */
export function inProject(...names: readonly string[]): string {
  return join(inject("project"), ...names);
}

/** The path of the installed command's program, which npm's `acs-identity.cmd` and `acs-identity.ps1` start. */
export function installedCommand(name: "acsIdentity" | "acsIdentityEmulator" = "acsIdentity"): string {
  return inProject("node_modules/acs-identity/dist/esm/cli", `${name}.js`);
}

export interface Outcome {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** Runs Node in the project. */
export function runNode(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return run(process.execPath, args, environment);
}

/** Runs a program in the project until it exits. The environment has no settings of this machine that would affect it. */
export function run(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const foreign = /^(?:AZURE_|COMMUNICATION_|ACS_|(?:HTTPS?|ALL|NO)_PROXY$|NODE_OPTIONS$)/i;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const env = { ...Object.fromEntries(inherited), ...environment };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: inject("project"), env, timeout: timeLimit }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}
