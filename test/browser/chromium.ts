// A real Chromium for tests: the system's, or the one that a package carries.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { toolsOf } from "../package/tools.js";

const places = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Nothing of Chromium's own goes to the network. */
const quiet = [
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

/** Starts Chromium without a window; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const own = systemChromium();
  const { executablePath, args } = own ? { executablePath: own, args: [] } : await packagedChromium();
  return chromium.launch({ executablePath, headless: true, args: [...args, ...quiet] });
}

function systemChromium(): string | undefined {
  return places.find((path) => path !== "" && existsSync(path));
}

interface PackagedChromium {
  readonly args: string[];
  executablePath(): Promise<string>;
}

async function packagedChromium(): Promise<{ executablePath: string; args: string[] }> {
  const require = await toolsOf(new URL("./", import.meta.url));
  const { default: packaged } = require("@sparticuz/chromium") as { default: PackagedChromium };
  return { executablePath: await packaged.executablePath(), args: packaged.args };
}
