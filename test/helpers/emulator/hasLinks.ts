import { lstatSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** On Windows making a symbolic link takes a privilege, and Wine shows none to programs. */
export const hasLinks: boolean = canLink();

function canLink(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-link-"));
  try {
    symlinkSync(join(folder, "target"), join(folder, "link"));
    return lstatSync(join(folder, "link")).isSymbolicLink();
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
