import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { timeLimit } from "../../test/helpers/timeLimit.js";
import { skippedWithout } from "./installed.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const pictures = join(root, "test-results");
const executablePath = [
  process.env.CHROMIUM_PATH ?? "",
  // A shell without windows draws in half of the time.
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
].find((path) => path !== "" && existsSync(path));
const noChromium = skippedWithout(executablePath, "Chromium");

describe.skipIf(noChromium)(`the page of npm run dev${noChromium}`, { timeout: timeLimit }, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let service: ChildProcess;
  let url: string;
  let emulatorUrl: string;
  let problems: string[];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "token-service-dev-"));
    mkdirSync(join(folder, "postgres"));
    service = spawn(process.execPath, ["--import", "tsx", "src/dev.ts"], {
      cwd: root,
      env: { PATH: process.env.PATH, DEV_DATA: folder, DEV_PORT: "0", DEV_EMULATOR_PORT: "0" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    for await (const line of createInterface({ input: service.stderr ?? process.stdin })) {
      const warning = /DEVELOPMENT: everybody may sign in, at (\S+), on the emulator at (\S+)/.exec(line);
      [, url = "", emulatorUrl = ""] = warning ?? [];
      if (url) break;
    }
    browser = await chromium.launch({
      executablePath: executablePath ?? "",
      args: ["--no-sandbox", "--disable-gpu"],
    });
  }, timeLimit);
  afterAll(async () => {
    await browser?.close();
    service.kill("SIGTERM");
    const [code] = service.exitCode === null ? await once(service, "exit") : [service.exitCode];
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
  }, timeLimit);

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 720, height: 900 } });
    problems = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(url);
  });
  afterEach(() => page?.close());

  const events = (text: string) => page.locator("#events[aria-live=polite] li", { hasText: text });
  const event = (text: string) => events(text).first();
  const press = (name: string) => page.getByRole("button", { name }).click();
  const failNext = (fault: object) =>
    fetch(`${emulatorUrl}/_emulator/faults`, { method: "POST", body: JSON.stringify(fault) });

  it("signs in as a user of the emulator, and keeps a token fresh", async () => {
    for (const name of ["Refresh now", "Revoke all tokens"]) {
      expect(await page.getByRole("button", { name }).isDisabled(), name).toBe(true);
    }
    await press("Alice");
    await event("Got a token").waitFor();
    expect(await page.locator("#user").textContent()).toMatch(/^8:acs:/);
    await expect.poll(() => page.getByRole("timer").textContent()).toMatch(/^3[56]\d\d s$/);
    expect(await page.locator("body").textContent(), "no token").not.toMatch(/eyJ[\w-]{20}/);
    await press("Refresh now");
    await expect.poll(() => events("Got a token").count()).toBe(2);
    await press("Revoke all tokens");
    await event("Revoked all tokens").waitFor();
    await expect.poll(() => events("Got a token").count()).toBe(3);
    expect((await events("").allTextContents())[1], "the newest first").toContain("Revoked all tokens");
    await page.screenshot({ path: `${pictures}/page.png` });
    expect(problems).toEqual([]);
  });

  it("shows failures, and gets a token once they are over", async () => {
    await press("Bob");
    await event("Got a token").waitFor();
    await failNext({ operation: "getToken", status: 429, retryAfterInSeconds: 70 });
    await page.clock.install();
    await press("Refresh now");
    await event("The service can't do that at the moment").waitFor();
    // In steps: an attempt whose response takes longer than the page's 30 seconds is repeated.
    const gotAfter = async (milliseconds: number) => {
      await page.clock.runFor(milliseconds);
      return events("Got a token").count();
    };
    await expect.poll(() => gotAfter(5_000)).toBe(2);
    await failNext({ operation: "revokeTokens", status: 403 });
    await page.route("**/token", (route) => route.abort());
    await press("Revoke all tokens");
    await event("The tokens weren't revoked").waitFor();
    await event("Failed to fetch").waitFor();
    await page.clock.setSystemTime(Date.now() + 7_200_000);
    await expect.poll(() => page.getByRole("timer").textContent()).toBe("expired");
  });

  it("asks no more for the person before", async () => {
    await failNext({ operation: "getToken", status: 429, retryAfterInSeconds: 70 });
    await page.clock.install();
    await press("Alice");
    await event("The service can't do that at the moment").waitFor();
    await press("Bob");
    await event("Got a token").waitFor();
    await page.clock.runFor(80_000);
    await press("Refresh now");
    await expect.poll(() => events("Got a token").count()).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await events("Got a token").count()).toBe(2);
  });

  it("keeps its database in a folder that only its owner can read", () => {
    expect(statSync(join(folder, "postgres")).mode & 0o777).toBe(0o700);
  });

  it("isn't served if its port is taken, and the message says so", () => {
    const { port } = new URL(url);
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "src/dev.ts"], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        DEV_DATA: join(folder, "other"),
        DEV_PORT: port,
        DEV_EMULATOR_PORT: "0",
      },
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^- .*${port}.*; set DEV_PORT or DEV_EMULATOR_PORT$`, "m"));
  });
});
