// A real Chromium for tests: the system's, or one from an npm package.
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { makeOnce } from "../makeOnce.js";
import { requireTools } from "../tools.js";

const places = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Chromium without its windows, which draws pages in half of the processor time. */
const headlessShell = "/usr/bin/chromium-headless-shell";

/** Arguments for tests. With them, Chromium sends no requests of its own to the network. */
export const chromiumArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Returns whether this machine has a Chromium or can install one. */
export function hasChromium(): boolean {
  return systemChromium() !== undefined || (process.platform === "linux" && process.arch === "x64");
}

/** Returns the path of Chromium, or undefined if this machine can't have it. */
export async function chromiumPath(): Promise<string | undefined> {
  return hasChromium() ? (systemChromium() ?? packagedChromium()) : undefined;
}

/** Starts a headless Chromium, which the caller must close. */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  const shell = existsSync(headlessShell) && !process.env.CHROMIUM_PATH ? headlessShell : undefined;
  const executablePath = shell ?? systemChromium() ?? (await packagedChromium());
  // playwright-core is loaded only here, because it takes half a second, and callers of hasChromium don't need it.
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, headless: true, args: [...chromiumArguments, ...more] });
}

function systemChromium(): string | undefined {
  return places.find((path) => path !== "" && existsSync(path));
}

/** Returns only the path: the arguments that the package recommends are for cloud functions, and disable CORS. */
async function packagedChromium(): Promise<string> {
  const require = await requireTools(new URL("./", import.meta.url));
  const packaged = require("@sparticuz/chromium") as { executablePath(): Promise<string> };
  let path = "";
  // The first process unpacks it. Another one that started it meanwhile would find half of it.
  await makeOnce(
    "a packaged Chromium",
    () => path !== "",
    async () => {
      path = await packaged.executablePath();
    },
  );
  return path;
}
