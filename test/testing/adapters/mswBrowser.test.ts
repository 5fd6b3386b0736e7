import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../../browser/chromium.js";

const files: Record<string, string> = {
  "/": '<!doctype html><title>msw</title><script type="module" src="/page.js"></script>',
};

describe.skipIf(!hasChromium())("identityHandlers in a browser's service worker", () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const { outputFiles } = await build({
      entryPoints: [path("mswBrowserPage.ts")],
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "error",
    });
    files["/page.js"] = outputFiles[0]?.text ?? "";
    files["/mockServiceWorker.js"] = readFileSync(
      createRequire(import.meta.url).resolve("msw/mockServiceWorker.js"),
      "utf8",
    );
    server = createServer(({ url = "" }, response) => {
      const file = files[url];
      response
        .writeHead(file ? 200 : 404, { "content-type": url === "/" ? "text/html" : "text/javascript" })
        .end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it("serve this package's client, unknown paths and dropped connections", async () => {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    const result = await page.evaluate(() => globalThis.result);
    expect(result).toEqual({
      user: "8:acs:",
      problem: "revoked",
      unknown: 404,
      dropped: "TypeError",
      statuses: [201, 204, 404, "dropped"],
    });
  });
});
