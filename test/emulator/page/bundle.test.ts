import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bundlePages, type Pages } from "../../../build/emulatorPage.js";
import { startEmulator } from "../../../src/emulator/index.js";

describe("the page's files", () => {
  let assets: Pages;
  beforeAll(async () => {
    assets = await bundlePages();
  });

  it("stay within their size budget", () => {
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(assets.page.html) ?? [];
    expect(gzipSync(assets.script).length + gzipSync(style).length).toBeLessThan(34_000);
    expect(assets.page.html.length).toBeLessThan(style.length + 1024);
  });

  it("contain only the browser build: no Node API, no import, no external source", () => {
    expect(assets.script).not.toMatch(/node:|process\.env|createHmac|\bimport\s*[("']|\brequire\(/);
    expect(assets.page.html).not.toMatch(/(?:src|href)="(?!\/page\.js|#|data:)/);
    expect(assets.page.html).not.toContain("style=");
  });

  it("contain neither the client nor Azure Core", () => {
    expect(assets.script).not.toMatch(/crypto\.subtle|x-ms-date|azsdk-js/);
  });

  it("are identical on every build", async () => {
    const again = await bundlePages();
    const digest = (made: Pages) => createHash("sha256").update(JSON.stringify(made)).digest("hex");
    expect(digest(again)).toBe(digest(assets));
  });

  it("are served at three paths only", async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const get = async (path: string) => (await fetch(new URL(path, emulator.url))).text();
    const { page, script, help } = assets;
    expect(await Promise.all(["/", "/page.js", "/help"].map(get))).toEqual([page.html, script, help.html]);
    expect((await fetch(`${emulator.url}/page.css`)).status).toBe(404);
    expect((await fetch(`${emulator.url}//`)).status).toBe(404);
  });
});
