// Vitest's browser mode in the browsers of the system. Vitest's page fetches the tests and reports their results by
// itself, so a provider needs no WebDriver: it starts a browser with the address of the page, and ends it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProviderOption } from "vitest/node";
import { chromiumArguments, chromiumPath } from "../browser/chromium.js";
import { temporaryFolder } from "../package/packed.js";

export interface SystemBrowser {
  readonly name: string;
  /** What brings it on Debian. */
  readonly need: string;
  /** undefined when this machine doesn't have it. */
  readonly path: string | undefined;
  /** The address of the page comes after these. */
  args(profile: string): readonly string[];
}

const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
const miniBrowser = `/usr/lib/${architecture}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;

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
    need: "libwebkit2gtk-4.1-0, xvfb and xauth",
    path: ["/usr/bin/xvfb-run"].find((path) => existsSync(path) && existsSync(miniBrowser)),
    args: () => ["--auto-servernum", miniBrowser],
  },
];

/** Keeps Firefox from opening pages of its own and from asking its maker for anything. */
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
        // A process group of its own holds all the processes that it starts.
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
