import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { launchChromium } from "../../browser/chromium.js";
import { bundleAll, bundleRunner } from "../bundles.js";
import type { Project } from "../project.js";
import type { CaseResult } from "../suite.js";

/** A page on an origin of its own, so that its requests to the service are cross-origin ones. */
export async function runInBrowser({ folder, connectionString }: Project): Promise<CaseResult[]> {
  const runner = await bundleRunner("browser.ts", folder);
  const script = await readFile(await bundleAll(runner, { platform: "browser" }), "utf8");
  const server = await serve(
    `<!doctype html><title>acs-identity</title><script type="module">${script}</script>`,
  );
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    if (problems.length > 0) throw new Error(`The page failed: ${problems.join("\n")}`);
    return await page.evaluate((text) => globalThis.runSuiteOnPage(text), connectionString);
  } finally {
    await browser.close();
    server.close();
  }
}

function serve(html: string): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
