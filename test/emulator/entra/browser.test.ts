// Tests the sign-in page and @azure/msal-browser in a real Chromium, over HTTPS.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { type BrowserFor, describeInChromium } from "../../browser/describeInBrowser.js";
import { makeCertificates } from "../../helpers/certificates.js";

describeInChromium("a page that signs in with @azure/msal-browser", (browser: BrowserFor) => {
  let emulator: Emulator;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    const { cert, key } = makeCertificates();
    emulator = await startEmulator({ tls: { cert, key } });
    const script = await bundle();
    server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : html(emulator));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.close();
    await emulator.close();
  });

  async function open(): Promise<Page> {
    const context = await (await browser()).newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(origin);
    return page;
  }

  const resultOf = async (page: Page) => {
    const body = page.locator("body", { hasText: /^\{/ });
    await body.waitFor();
    return JSON.parse((await body.textContent()) ?? "");
  };

  it("gets the selected user, whose token creates an ACS user", async () => {
    const page = await open();
    await page.getByRole("heading", { name: "Sign in to Emulator application" }).waitFor();
    expect(await page.getByRole("link").allTextContents()).toEqual([
      "Alicealice@contoso.com, role on the resource, Teams license",
      "Bobbob@contoso.com, no role on the resource, no Teams license",
    ]);
    await page.getByRole("link", { name: "Alice" }).click();
    expect(await resultOf(page)).toEqual({
      username: "alice@contoso.com",
      user: expect.stringMatching(/^8:acs:/),
      scopes: expect.arrayContaining(["https://auth.msft.communication.azure.com/Teams.ManageCalls"]),
    });
    await page.context().close();
  });

  it("is told that the user has no role", async () => {
    const page = await open();
    await page.getByRole("link", { name: "Bob" }).click();
    expect((await resultOf(page)).error).toMatch(/Denied by the resource provider/);
    await page.context().close();
  });

  it("is told that consent is missing", async () => {
    const { entra } = emulator.service;
    entra.setApplication({ clientId: entra.clientId, permissions: [] });
    const page = await open();
    await page.getByRole("link", { name: "Alice" }).click();
    expect((await resultOf(page)).error).toMatch(/consent_required.*AADSTS65001|AADSTS65001/);
    emulator.service.reset();
    await page.context().close();
  });

  it("gets an error page instead of a redirect to a foreign host", async () => {
    const { authorityHost, tenantId, clientId } = emulator.service.entra;
    const page = await (await (await browser()).newContext({ ignoreHTTPSErrors: true })).newPage();
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: "code",
      redirect_uri: "https://evil.example/<script>",
      scope: "openid",
    });
    const response = await page.goto(`${authorityHost}/${tenantId}/oauth2/v2.0/authorize?${query}`);
    expect(response?.status()).toBe(400);
    expect(await page.locator("p").textContent()).toMatch(/^AADSTS50011: .*evil\.example\/<script>/);
    expect(await page.locator("script").count()).toBe(0);
    await page.context().close();
  });
});

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("browserPage.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
    tsconfigRaw: {},
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

function html({ service: { entra } }: Emulator): string {
  const { authorityHost, tenantId, clientId } = entra;
  const settings = JSON.stringify({ authorityHost, tenantId, clientId });
  return `<!doctype html><meta charset="utf-8"><body></body><script>const settings = ${settings};</script><script type="module" src="/page.js"></script>`;
}
