import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../../src/emulator/index.js";
import { bundlePages, type Pages } from "../../../../tools/build/emulatorPage.js";

describe("the page's files", () => {
  let assets: Pages;
  beforeAll(async () => {
    assets = await bundlePages();
  });

  it("raise an alarm above 60 kB", () => {
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(assets.page.html) ?? [];
    expect(gzipSync(assets.script).length + gzipSync(style).length).toBeLessThan(60_000);
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

  it("are served at three paths alone, the same ones as on any build, and are neither cached, guessed nor framed", async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const style = /<style>(.*?)<\/style>/s.exec(assets.page.html)?.[1] ?? "";
    const policy = (ofStyle: string) =>
      `default-src 'none'; script-src 'self'; style-src 'sha256-${createHash("sha256").update(ofStyle).digest("base64")}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
    const helpStyle = /<style>(.*?)<\/style>/s.exec(assets.help.html)?.[1] ?? "";
    for (const [path, type, content, csp] of [
      ["/", "text/html", assets.page.html, policy(style)],
      ["/page.js", "text/javascript", assets.script, null],
      ["/help", "text/html", assets.help.html, policy(helpStyle)],
    ] as const) {
      const { headers, ...response } = await get(emulator.url, path);
      expect(response).toEqual({ status: 200, text: content });
      const names = [
        "content-type",
        "cache-control",
        "x-content-type-options",
        "referrer-policy",
        "content-security-policy",
      ];
      expect(names.map((name) => headers.get(name))).toEqual([
        `${type}; charset=utf-8`,
        "no-store",
        "nosniff",
        "no-referrer",
        csp,
      ]);
    }
    for (const path of ["/page.css", "//", "/index.html"])
      expect((await get(emulator.url, path)).status, path).toBe(404);
  });
});

async function get(url: string, path: string) {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}
