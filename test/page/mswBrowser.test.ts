import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";
import { describeInChromium } from "../helpers/browser/describeInBrowser.js";

describeInChromium("identityHandlers in a browser's service worker", (browser) => {
  it("serve this package's client, unknown paths and dropped connections", async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("mswBrowserPage.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      // The package by its name is what users get, not its source, to which tsconfig.json leads.
      tsconfigRaw: {},
      logLevel: "error",
    });
    const worker = createRequire(import.meta.url).resolve("msw/mockServiceWorker.js");
    const files: Record<string, string | undefined> = {
      "/": '<!doctype html><title>msw</title><script type="module" src="/page.js"></script>',
      "/page.js": outputFiles[0]?.text,
      "/mockServiceWorker.js": readFileSync(worker, "utf8"),
    };
    const server = createServer(({ url = "" }, response) => {
      const headers = { "content-type": url === "/" ? "text/html" : "text/javascript" };
      response.writeHead(files[url] ? 200 : 404, headers).end(files[url]);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const page = await (await browser()).newPage();
    onTestFinished(async () => {
      await page.close();
      server.close();
    });
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    expect(await page.evaluate(() => globalThis.result)).toEqual({
      user: "8:acs:",
      problem: "revoked",
      unknown: 404,
      dropped: "TypeError",
      statuses: [201, 204, 404, "dropped"],
    });
  });
});
