import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes an empty folder, which is deleted when the test ends, or later if another hook is given, such as `afterAll`. */
export function temporaryFolder(hook: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-"));
  hook(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
