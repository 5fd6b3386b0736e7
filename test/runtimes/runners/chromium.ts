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
    const warnings: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("console", (line) => line.type() === "warning" && warnings.push(line.text()));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    if (problems.length > 0) throw new Error(`The page failed: ${problems.join("\n")}`);
    const results = await page.evaluate((text) => globalThis.runSuiteOnPage(text), connectionString);
    return [...results, keyWarning(warnings)];
  } finally {
    await browser.close();
    server.close();
  }
}

/** The suite made dozens of clients with a key. */
function keyWarning(warnings: readonly string[]): CaseResult {
  const name = "page: warns once of a key that its visitors can read";
  const count = warnings.filter((text) => text.includes("access key")).length;
  return count === 1 ? { name } : { name, problem: `${count} of ${warnings.join("; ") || "no warnings"}` };
}

function serve(html: string): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
