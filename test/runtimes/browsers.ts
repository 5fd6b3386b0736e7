// Runs Vitest's browser mode in the system's browsers. Vitest's page fetches the tests and reports their results
// itself, so a provider needs no WebDriver: it starts a browser with the URL of the page, and ends it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProviderOption } from "vitest/node";
import { chromiumArguments, chromiumPath } from "../helpers/browser/chromium.js";
import { isDebian13 } from "../helpers/gateMachine.js";
import { temporaryFolder } from "../helpers/packed.js";

export interface SystemBrowser {
  readonly name: string;
  /** The Debian packages that provide it. */
  readonly need: string;
  /** The program to start; undefined if this machine doesn't have it. */
  readonly path: string | undefined;
  /** Returns the arguments that precede the URL of the page. */
  args(profile: string): readonly string[];
}

const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
/** WebKitGTK's own browser, which isn't on the path. */
export const miniBrowser: string = `/usr/lib/${architecture}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;

export const browsers: readonly SystemBrowser[] = [
  {
    name: "Chromium",
    need: "chromium",
    path: await chromiumPath(),
    args: (profile) => ["--headless", ...chromiumArguments, `--user-data-dir=${profile}`],
  },
  {
    name: "Firefox",
    need: "firefox-esr",
    path: ["/usr/bin/firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"].find(existsSync),
    args: (profile) => ["--headless", "--profile", profile],
  },
  {
    name: "WebKit",
    need: "Debian 13 with libwebkit2gtk-4.1-0, xvfb and xauth",
    path: ["/usr/bin/xvfb-run"].find((path) => isDebian13 && existsSync(path) && existsSync(miniBrowser)),
    args: () => ["--auto-servernum", miniBrowser],
  },
];

/** Keeps Firefox from opening its own pages and from contacting Mozilla. */
const firefoxPreferences = `
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
`;

export function providerOf({ path = "", name, args }: SystemBrowser): BrowserProviderOption {
  let browser: ChildProcess | undefined;
  let profile = "";
  return defineBrowserProvider({
    name,
    providerFactory: () => ({
      name,
      supportsParallelism: false,
      getCommandsContext: () => ({}),
      async openPage(_, url) {
        profile = await temporaryFolder("browser");
        await writeFile(join(profile, "user.js"), firefoxPreferences);
        const env = { ...process.env, HOME: profile, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
        // Starts a process group, so that `close` also ends the processes that the browser starts.
        browser = spawn(path, [...args(profile), url], { env, stdio: "ignore", detached: true });
      },
      async close() {
        if (browser?.pid === undefined) return;
        const ended = once(browser, "exit");
        process.kill(-browser.pid);
        await ended;
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      },
    }),
  });
}
