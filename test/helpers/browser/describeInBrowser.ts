import type { Browser } from "playwright-core";
import { describe, it } from "vitest";
import { isGateMachine } from "../gateMachine.js";
import { hasChromium, launchChromium } from "./chromium.js";
import { hasFirefox, launchFirefox } from "./firefox.js";

const chromium: SystemBrowser = { name: "Chromium", isPresent: hasChromium, launch: () => launchChromium() };
const firefox: SystemBrowser = { name: "Firefox", isPresent: hasFirefox, launch: launchFirefox };

interface SystemBrowser {
  readonly name: string;
  isPresent(): boolean;
  launch(): Promise<Browser>;
}

/** Returns a browser, which is started on first use. */
export type BrowserFor = () => Promise<Browser>;

/** The browsers of this process, which end with it: in the suites `page` and `firefox`, several files share them. */
const started = new Map<string, Promise<Browser>>();

type Suite = (browser: BrowserFor) => void;

/** Describes a suite that runs in Chromium. Without Chromium, the suite is one skipped test. */
export function describeInChromium(name: string, suite: Suite): void {
  describeIn(chromium, name, suite);
}

/** Describes a suite that runs in the browser of the project: Firefox in the project `firefox`, Chromium elsewhere. */
export function describeInBrowser(name: string, suite: Suite): void {
  describeIn(process.env.TEST_BROWSER === firefox.name ? firefox : chromium, name, suite);
}

function describeIn(
  { name: browserName, isPresent, launch }: SystemBrowser,
  name: string,
  suite: Suite,
): void {
  if (!isPresent() && !isGateMachine) {
    it.skip(`${name} (skipped: this machine has no ${browserName})`);
    return;
  }
  describe(name, () => {
    suite(() => {
      const browser = started.get(browserName) ?? launch();
      started.set(browserName, browser);
      return browser;
    });
  });
}
