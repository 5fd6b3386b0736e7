// The machine of the gate has every program that .ci/packages installs. A test that lacks one is skipped elsewhere, and fails there.
import { readFileSync } from "node:fs";

/** Whether this is CI on the release that .ci/packages is written for. */
export const isGateMachine: boolean = Boolean(process.env.CI) && isDebian13();

function isDebian13(): boolean {
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    return /^ID="?debian"?$/m.test(release) && /^VERSION_ID="?13"?$/m.test(release);
  } catch {
    return false;
  }
}
