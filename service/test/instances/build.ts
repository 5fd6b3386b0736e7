import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Builds the service once for all test files. */
export function setup(): void {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  execFileSync("npm", ["run", "--silent", "build"], { cwd, stdio: "inherit" });
}
