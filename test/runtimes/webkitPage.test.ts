// The emulator's page in WebKit. Playwright drives that only in a build of its own, so this walks through the page with
// WebKitGTK's WebDriver.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { freePort } from "../helpers/freePort.js";
import { isDebian13, isGateMachine } from "../helpers/gateMachine.js";
import { root } from "../helpers/packed.js";
import { timeLimit } from "../helpers/timeLimit.js";
import { requireTools } from "../helpers/tools.js";
import { miniBrowser } from "./browsers.js";

/** What is used here of selenium-webdriver, which is installed beside this file and has no types. */
interface Driver {
  get(url: string): Promise<void>;
  findElement(locator: { xpath: string }): Promise<Element>;
  executeScript<Result>(script: string): Promise<Result>;
  switchTo(): { activeElement(): Promise<Element> };
  takeScreenshot(): Promise<string>;
  quit(): Promise<void>;
}

interface Element {
  click(): Promise<void>;
  sendKeys(text: string): Promise<void>;
}

interface Emulator {
  readonly url: string;
  close(): Promise<void>;
}

const webKitDriver = "/usr/bin/WebKitWebDriver";
const isPresent =
  isDebian13 && [webKitDriver, miniBrowser, "/usr/bin/xvfb-run"].every((path) => existsSync(path));
const pictures = join(root, "test-results/screenshots");

/** WebDriver's codes of keys. */
const enter = "\uE007";

const { startEmulator } = (await import(
  join(inject("installation"), "../node_modules/acs-identity/dist/esm/emulator/index.js")
)) as { startEmulator(): Promise<Emulator> };

describe.skipIf(!isPresent && !isGateMachine).each([
  ["light", "Adwaita"],
  ["dark", "Adwaita:dark"],
])("the page in WebKit, %s (needs Debian 13 with webkit2gtk-driver and xvfb)", (colorScheme, GTK_THEME) => {
  let display: ChildProcess;
  let driver: Driver;
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator();
    const env = { ...process.env, GTK_THEME, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
    // The driver doesn't say which port it chose.
    const port = await freePort();
    const args = ["--auto-servernum", webKitDriver, "--host=127.0.0.1", `--port=${port}`];
    // A process group of its own, so that the display and the browser end with it.
    display = spawn("xvfb-run", args, { env, stdio: "ignore", detached: true });
    driver = await connect(`http://127.0.0.1:${port}`);
    await driver.get(emulator.url);
    await vi.waitFor(async () => expect(await textOf("#user-count")).toBe("0"), { timeout: timeLimit / 5 });
  });

  afterAll(async () => {
    await driver?.quit();
    if (display?.pid) process.kill(-display.pid);
    await emulator?.close();
  });

  const evaluate = <Result>(script: string) => driver.executeScript<Result>(`return ${script}`);
  const textOf = (selector: string) =>
    evaluate<string>(`[...document.querySelectorAll("${selector}")].map((node) => node.textContent).join()`);
  const click = async (name: string, within = "") => {
    const button = `${within}//button[normalize-space()="${name}" or starts-with(@aria-label, "${name}")]`;
    await expect
      .poll(() => evaluate(`document.evaluate('count(${button})', document).numberValue`))
      .not.toBe(0);
    // What the page is rendering anew can't be clicked for a moment.
    await vi.waitFor(async () => (await driver.findElement({ xpath: button })).click(), { timeout: 5000 });
  };
  const press = async (keys: string) => (await driver.switchTo().activeElement()).sendKeys(keys);
  const takePicture = async (name: string) => {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `webkit-${colorScheme}-${name}.png`);
    writeFileSync(path, await driver.takeScreenshot(), "base64");
  };

  it("has these colors", async () => {
    expect(await evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(colorScheme === "dark");
    await takePicture("empty");
  });

  it("creates a user, issues and revokes tokens, and deletes the user", async () => {
    await click("New user");
    const customId = '//label[starts-with(normalize-space(), "Custom id")]';
    await (await driver.findElement({ xpath: `//*[@id=${customId}/@for] | ${customId}//input` })).click();
    await press("alice");
    await press(enter);
    await expect.poll(() => textOf(".scopes > span")).toBe("voip");
    await click("Issue token for user alice");
    await takePicture("dialog");
    await click("Issue token", "//dialog");
    await expect.poll(() => evaluate("document.querySelectorAll('.token').length")).toBe(2);
    await takePicture("tokens");
    await click("Revoke tokens of user alice");
    await expect.poll(() => textOf("#announcement")).toBe("All tokens of user alice were revoked");
    await expect.poll(() => evaluate("document.querySelectorAll('[data-state=revoked]').length")).toBe(2);
    await click("Delete user alice");
    await click("Delete user", "//dialog");
    await expect.poll(() => textOf(".user")).toContain("deleted");
    await takePicture("deleted");
    const users = await fetch(`${emulator.url}/_emulator/users`).then((response) => response.json());
    expect(users).toMatchObject({ total: 0 });
  });

  it("doesn't scroll sideways", async () => {
    expect(await evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  });
});

async function connect(server: string): Promise<Driver> {
  await vi.waitFor(() => fetch(`${server}/status`), { timeout: timeLimit / 5 });
  const require = await requireTools(new URL("./", import.meta.url));
  const { Builder } = require("selenium-webdriver");
  return new Builder()
    .usingServer(server)
    .withCapabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation"] },
    })
    .build();
}
