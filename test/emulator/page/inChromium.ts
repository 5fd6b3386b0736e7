// The page in a real Chromium, against an emulator of the test's own.
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { hasChromium, launchChromium } from "../../browser/chromium.js";

/** What a test gets: an emulator, a client of it, and the page in a browser. */
export interface Bench {
  readonly emulator: Emulator;
  readonly client: CommunicationIdentityClient;
  /** Errors on the page's console, but for those that a status from 400 on makes by itself. */
  readonly consoleErrors: string[];
  readonly requests: Request[];
  /** Opens the page and waits until it has heard of the emulator. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** A suite in Chromium. Where there is none it is skipped by name; on a CI machine it fails. */
export function describeInChromium(name: string, suite: (browser: () => Browser) => void): void {
  if (!hasChromium() && !process.env.CI) {
    describe.skip(`${name} (skipped: this machine has no Chromium)`, () => suite(noBrowser));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchChromium();
    }, 120_000);
    afterAll(() => browser?.close());
    suite(() => browser ?? noBrowser());
  });
}

function noBrowser(): never {
  throw new Error("Chromium did not start");
}

/** Makes benches, and takes them down after each test, when no page may have complained. */
export function benches(browser: () => Browser): (options?: EmulatorOptions) => Promise<Bench> {
  let used: { bench: Bench; contexts: BrowserContext[] }[] = [];
  afterEach(async () => {
    const errors = used.flatMap(({ bench }) => bench.consoleErrors);
    for (const { bench, contexts } of used) {
      for (const context of contexts) await context.close();
      await bench.emulator.close();
    }
    used = [];
    expect(errors).toEqual([]);
  });
  return async (options) => {
    const emulator = await startEmulator(options);
    const contexts: BrowserContext[] = [];
    const consoleErrors: string[] = [];
    const requests: Request[] = [];
    const open = async (contextOptions?: BrowserContextOptions) => {
      const context = await browser().newContext({
        viewport: { width: 1280, height: 800 },
        ...contextOptions,
      });
      contexts.push(context);
      const page = await context.newPage();
      page.on("request", (request) => requests.push(request));
      page.on("pageerror", (error) => consoleErrors.push(String(error)));
      page.on("console", (message) => {
        const isStatus = message.text().startsWith("Failed to load resource: the server responded");
        if (["error", "warning"].includes(message.type()) && !isStatus) consoleErrors.push(message.text());
      });
      await page.goto(`${emulator.url}/`);
      await page.locator("#connection-string", { hasText: "endpoint=" }).waitFor();
      return page;
    };
    const client = new CommunicationIdentityClient(emulator.connectionString, {
      retryOptions: { maxRetries: 0 },
    });
    const bench = { emulator, client, consoleErrors, requests, open };
    used.push({ bench, contexts });
    return bench;
  };
}

/** What is in the clipboard of a page that was opened with the permission for it. */
export function clipboardOf(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

export const withClipboard: BrowserContextOptions = { permissions: ["clipboard-read", "clipboard-write"] };
