import { mkdirSync } from "node:fs";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../../browser/chromium.js";
import { countUsers, type Running, startTokenService } from "./harness.js";

const pictures = "test-results/screenshots";

describe.runIf(hasChromium() || process.env.CI)("the page of the token service", () => {
  let browser: Browser;
  let emulator: Emulator;
  let service: Running;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await launchChromium();
  }, 120_000);

  afterAll(() => browser?.close());

  beforeEach(async () => {
    emulator = await startEmulator();
    service = await startTokenService(emulator, {
      client: { retryOptions: { maxRetries: 0 } },
    });
    page = await browser.newPage({ viewport: { width: 720, height: 860 } });
    problems = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.clock.install({ time: new Date() });
    await page.goto(service.url);
  });

  afterEach(async () => {
    await page.close();
    await service.close();
    await emulator.close();
  });

  async function signIn(name: string): Promise<void> {
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  const event = (text: string) => page.locator("#events li", { hasText: text }).first();
  const left = () => page.locator("#left").textContent();
  const issued = () => emulator.service.requests.filter(({ operation }) => operation === "getToken").length;

  it("signs in, counts down, and renews the token before it expires", async () => {
    await page.screenshot({ path: `${pictures}/token-service-sign-in.png` });
    await signIn("Alice");
    await event("Issued a token").waitFor();
    expect(await page.locator("#user").textContent()).toMatch(/^8:acs:/);
    expect(await page.locator("body").textContent(), "no whole token").not.toMatch(/eyJ[\w-]{20}/);
    expect(await left()).toMatch(/^(24:00:0[01]|23:59:5\d)$/);

    await page.clock.runFor(10_000);
    expect(await left()).toMatch(/^23:59:[45]\d$/);
    await page.clock.fastForward("21:00:00");
    expect(issued()).toBe(1);
    await page.screenshot({ path: `${pictures}/token-service-signed-in.png` });

    await page.clock.fastForward("00:36:01");
    await event("Renewed by itself").waitFor();
    expect(issued()).toBe(2);
    expect(await countUsers(emulator)).toBe(1);
    expect(problems).toEqual([]);
  });

  it("goes on with a clock that is a day ahead", async () => {
    await page.clock.setSystemTime(Date.now() + 26 * 3_600_000);
    await signIn("Alice");
    await event("Issued a token").waitFor();
    await page.clock.runFor(3_000);
    expect(await left()).toMatch(/^(24:00:0[01]|23:59:5\d)$/);
    expect(issued()).toBe(1);
  });

  it("shows a failure and tries again when it was told to", async () => {
    await signIn("Alice");
    await event("Issued a token").waitFor();
    emulator.service.failNext({ status: 429, retryAfterInSeconds: 20 });
    await page.getByRole("button", { name: "Renew now" }).click();
    await event("Trying again in 20 s").waitFor();
    await page.screenshot({ path: `${pictures}/token-service-failure.png` });
    await page.clock.runFor(19_000);
    expect(issued()).toBe(2);
    await page.clock.runFor(2_000);
    await event("Renewed by itself").waitFor();
    expect(issued()).toBe(3);
  });

  it("revokes, deletes and signs out", async () => {
    await signIn("Alice");
    await event("Issued a token").waitFor();
    await page.getByRole("button", { name: "Revoke all tokens" }).click();
    await event("Issued a new token").waitFor();
    await page.getByRole("button", { name: "Delete my user" }).click();
    await event("Deleted the user").waitFor();
    expect(await countUsers(emulator)).toBe(0);
    expect(await page.locator("#session").isVisible()).toBe(false);
    await page.clock.fastForward("25:00:00");
    expect(issued(), "none after the sign-out").toBe(2);
    expect(problems).toEqual([]);
  });
});
