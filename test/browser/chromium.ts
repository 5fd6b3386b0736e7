// A real Chromium for tests: the system's, or the one that a package carries.
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { toolsOf } from "../package/tools.js";

const places = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Nothing of Chromium's own goes to the network. */
export const chromiumArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether this machine has a Chromium or can get one. */
export function hasChromium(): boolean {
  return systemChromium() !== undefined || (process.platform === "linux" && process.arch === "x64");
}

/** Where Chromium is; undefined on a machine that can't have it. */
export async function chromiumPath(): Promise<string | undefined> {
  return hasChromium() ? (systemChromium() ?? packagedChromium()) : undefined;
}

/** Starts Chromium without a window; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = systemChromium() ?? (await packagedChromium());
  // Takes half a second to load, also where nothing but hasChromium is asked.
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, headless: true, args: [...chromiumArguments] });
}

function systemChromium(): string | undefined {
  return places.find((path) => path !== "" && existsSync(path));
}

/** Without the arguments that the package advises: they are for functions in a cloud, and switch CORS off. */
async function packagedChromium(): Promise<string> {
  const require = await toolsOf(new URL("./", import.meta.url));
  const packaged = require("@sparticuz/chromium") as { executablePath(): Promise<string> };
  return packaged.executablePath();
}
