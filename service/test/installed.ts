import { existsSync } from "node:fs";
import { join } from "node:path";
import { isGateMachine } from "../../test/helpers/gateMachine.js";

/** Returns the path of a program, if this machine has it. */
export function programPath(program: string): string | undefined {
  const folders = ["/usr/sbin", ...(process.env.PATH ?? "").split(":")];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** Why tests that need something are skipped, for their titles; "" if they aren't. The machine of the gate has everything. */
export function skippedWithout(found: unknown, what: string): string {
  return found || isGateMachine ? "" : ` (skipped: no ${what} on this machine)`;
}
