// Opens the page in a real browser, with a separate emulator for each test.
import type { BrowserContext, BrowserContextOptions, Page, Request } from "playwright-core";
import { afterEach, expect } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import type { BrowserFor } from "../helpers/browser/describeInBrowser.js";

/** An emulator, a client for it, and the page in a browser. */
export interface Bench {
  readonly emulator: Emulator;
  readonly client: CommunicationIdentityClient;
  /** The page's uncaught errors and console errors and warnings, except those for HTTP error statuses. */
  readonly consoleErrors: string[];
  readonly requests: Request[];
  /** Opens the page, or the part of it with this address, and waits until it knows how to connect. */
  open(options?: BrowserContextOptions, address?: string): Promise<Page>;
}

/** Returns a function that creates benches. Closes them after each test and fails it on any console error. */
export function benches(browser: BrowserFor): (options?: EmulatorOptions) => Promise<Bench> {
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
    const open = async (contextOptions?: BrowserContextOptions, address = "") => {
      const context = await (await browser()).newContext({
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
      await page.goto(`${emulator.url}/${address}`);
      await page.getByRole("button", { name: "Copy for" }).first().waitFor();
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

/** Returns the name of what has the focus, or an empty text if nothing has it. */
export async function focusedName(page: Page): Promise<string> {
  return (await namesOf(page, ":focus"))[0] ?? "";
}

/** Returns the names of what can be seen and has this selector. */
function namesOf(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).evaluateAll((nodes) =>
    nodes
      .filter((node) => node.checkVisibility())
      .map((node) => {
        const label = node instanceof HTMLInputElement ? node.labels?.[0]?.textContent : node.textContent;
        return (node.getAttribute("aria-label") ?? label ?? "").trim();
      }),
  );
}

/** What Tab reaches. Everything behind a dialog is inert. */
const stops = ":is(a[href], button, input, select, textarea, summary):not([tabindex='-1'])";

/** Waits for the control with this name, and presses Tab, or another key, until it has the focus. */
export async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  const isWanted = (each: string) => (typeof name === "string" ? each === name : name.test(each));
  await expect
    .poll(() => namesOf(page, `body:not(:has(dialog[open])) ${stops}, dialog[open] ${stops}`))
    .toSatisfy((names: string[]) => names.some(isWanted));
  const passed: string[] = [];
  while (!isWanted(passed.at(-1) ?? "")) {
    await page.keyboard.press(key);
    passed.push(await focusedName(page));
    // Beyond its last control, a page loses the focus to the browser, and Firefox lets it read no clipboard then.
    if (passed.at(-1) === "" || passed.length > 40)
      throw new Error(`${key} does not lead to ${name}, but to ${passed.join(", ")}`);
  }
}

export function tabBackTo(page: Page, name: string | RegExp): Promise<void> {
  return tabTo(page, name, "Shift+Tab");
}

/** Shows what the page hides until a click. */
export async function openDetails(page: Page): Promise<void> {
  await page.locator("details").evaluateAll((all) => {
    for (const details of all) Object.assign(details, { open: true });
  });
}

/** Returns the text in the clipboard. The page must have been opened with `withClipboard`. */
export function clipboardOf(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

export const withClipboard: BrowserContextOptions = { permissions: ["clipboard-read", "clipboard-write"] };
