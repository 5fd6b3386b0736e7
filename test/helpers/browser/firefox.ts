// The system's Firefox for tests. Playwright drives it by WebDriver BiDi; without a channel it needs its own patched
// build. playwright-core is pinned to 1.64.1, because 1.65 sends a command that Firefox 153 ESR doesn't know.
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";

const places = [
  process.env.FIREFOX_PATH ?? "",
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
];

/** Returns whether this machine has Firefox. */
export function hasFirefox(): boolean {
  return systemFirefox() !== undefined;
}

/** Starts a headless Firefox. */
export async function launchFirefox(): Promise<Browser> {
  const { firefox } = await import("playwright-core");
  return firefox.launch({
    channel: "moz-firefox",
    executablePath: systemFirefox() ?? "firefox",
    headless: true,
  });
}

function systemFirefox(): string | undefined {
  return places.find((path) => path !== "" && existsSync(path));
}
