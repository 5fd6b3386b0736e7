// Vitest's browser mode in the browsers of the system. A page of Vitest fetches the tests and reports by itself, so a
// provider needs no WebDriver: it starts the browser with the address of the page, and ends it.
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
  command(path: string, profile: string, url: string): readonly [program: string, ...args: string[]];
}

const firstOf = (...places: string[]) => places.find((path) => existsSync(path));

export async function systemBrowsers(): Promise<readonly SystemBrowser[]> {
  return [
    {
      name: "Chromium",
      need: "chromium",
      path: await chromiumPath(),
      command: (path, profile, url) => [
        path,
        "--headless",
        ...chromiumArguments,
        `--user-data-dir=${profile}`,
        url,
      ],
    },
    {
      name: "Firefox",
      need: "firefox-esr",
      path: firstOf("/usr/bin/firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"),
      command: (path, profile, url) => [path, "--headless", "--no-remote", "--profile", profile, url],
    },
    {
      name: "WebKit",
      need: "libwebkit2gtk-4.1-0, xvfb and xauth",
      path: firstOf("/usr/bin/xvfb-run") && firstOf(...miniBrowsers),
      command: (path, _, url) => ["xvfb-run", "--auto-servernum", path, url],
    },
  ];
}

const miniBrowsers = ["x86_64", "aarch64"].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`,
);

/** Keeps Firefox from opening pages of its own and from asking its maker for anything. */
const firefoxPreferences = `
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
`;

export function providerOf({ path = "", name, command }: SystemBrowser): BrowserProviderOption {
  return defineBrowserProvider({
    name: `system ${name}`,
    providerFactory() {
      let browser: ChildProcess | undefined;
      let profile = "";
      return {
        name,
        supportsParallelism: false,
        getCommandsContext: () => ({}),
        async openPage(_, url) {
          profile = await temporaryFolder("browser");
          await writeFile(join(profile, "user.js"), firefoxPreferences);
          const [program, ...args] = command(path, profile, url);
          const env = { ...process.env, HOME: profile, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
          // In a process group of its own, which holds the helpers that it starts, too.
          browser = spawn(program, args, { env, stdio: "ignore", detached: true });
        },
        async close() {
          if (browser?.pid === undefined) return;
          const ended = once(browser, "exit");
          process.kill(-browser.pid);
          await ended;
          await rm(profile, { recursive: true, force: true, maxRetries: 5 });
        },
      };
    },
  });
}
