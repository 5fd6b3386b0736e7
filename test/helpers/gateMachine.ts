// The machine of the gate has every program that .ci/packages installs. A test that lacks one is skipped elsewhere, and fails there.
import { readFileSync } from "node:fs";

/** Whether this is the release that .ci/packages is written for. Another one's WebKit and WebDriver behave differently. */
export const isDebian13: boolean = readsDebian13();

/** Whether this is CI on that release. */
export const isGateMachine: boolean = Boolean(process.env.CI) && isDebian13;

function readsDebian13(): boolean {
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    return /^ID="?debian"?$/m.test(release) && /^VERSION_ID="?13"?$/m.test(release);
  } catch {
    return false;
  }
}
