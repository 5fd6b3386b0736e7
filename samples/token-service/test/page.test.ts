import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const pictures = join(root, "test-results");
const executablePath = [process.env.CHROMIUM_PATH ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== "" && existsSync(path),
);
const noChromium = executablePath ? "" : " (skipped: no Chromium on this machine)";

describe.skipIf(noChromium)(`the page of npm run dev${noChromium}`, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let service: ChildProcess;
  let url: string;
  let emulatorUrl: string;
  let problems: string[];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await chromium.launch({
      executablePath: executablePath ?? "",
      args: ["--no-sandbox", "--disable-gpu"],
    });
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "token-service-dev-"));
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
    page = await browser.newPage({ viewport: { width: 720, height: 900 } });
    problems = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(url);
  });
  afterEach(async () => {
    await page?.close();
    service.kill("SIGTERM");
    const [code] = service.exitCode === null ? await once(service, "exit") : [service.exitCode];
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
  });

  const event = (text: string) => page.locator("#events li", { hasText: text }).first();
  const press = (name: string) => page.getByRole("button", { name }).click();
  const usersAtAcs = async () => {
    const response = await fetch(`${emulatorUrl}/_emulator/info`);
    return ((await response.json()) as { users: number }).users;
  };

  it("signs in at the emulator's Entra ID, and keeps a token fresh", async () => {
    await page.screenshot({ path: `${pictures}/page-sign-in.png` });
    await press("Sign in");
    await page.getByRole("link", { name: "Alice" }).click();
    await event("Got a token").waitFor();
    expect(await page.locator("#caller").textContent()).toBe("Alice");
    expect(await page.locator("#user").textContent()).toMatch(/^8:acs:/);
    expect(await page.locator("#left").textContent()).toMatch(/^00:(?:59:5\d|60:00)$|^01:00:00$/);
    expect(await page.locator("body").textContent(), "no whole token").not.toMatch(/eyJ[\w-]{20}/);
    expect(page.url(), "no code stays in the address").toBe(`${url}/`);

    await press("Refresh now");
    await expect.poll(() => page.locator("#events li", { hasText: "Got a token" }).count()).toBe(2);
    await press("Revoke all tokens");
    await event("Revoked all tokens").waitFor();
    await expect.poll(() => page.locator("#events li", { hasText: "Got a token" }).count()).toBe(3);
    await press("Exchange a Teams token");
    await event("Exchanged: a Teams token until").waitFor();
    await page.screenshot({ path: `${pictures}/page-signed-in.png` });
    expect(problems).toEqual([]);

    const before = await usersAtAcs();
    await press("Delete my user");
    await event("Deleted the user").waitFor();
    expect(await usersAtAcs()).toBe(before - 1);
    expect(await page.locator("#session").isVisible()).toBe(false);
  });

  it("shows failures, and gets a token once they are over", async () => {
    await press("Sign in");
    await page.getByRole("link", { name: "Bob" }).click();
    await event("Got a token").waitFor();
    await press("Exchange a Teams token");
    await event("The user may not use Teams: is there a license?").waitFor();
    const fault = { operation: "getToken", status: 429, retryAfterInSeconds: 70, times: 1 };
    await fetch(`${emulatorUrl}/_emulator/faults`, { method: "POST", body: JSON.stringify(fault) });
    await page.clock.install();
    await press("Refresh now");
    await event("The service can't do that at the moment").waitFor();
    await page.screenshot({ path: `${pictures}/page-failure.png` });
    await page.clock.runFor(110_000);
    await expect.poll(() => page.locator("#events li", { hasText: "Got a token" }).count()).toBe(2);
  });
});
