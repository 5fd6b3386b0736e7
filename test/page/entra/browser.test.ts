// Tests the sign-in page and @azure/msal-browser in a real Chromium, over HTTPS.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { launchChromium } from "../../helpers/browser/chromium.js";
import { type BrowserFor, describeInChromium } from "../../helpers/browser/describeInBrowser.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { codeBlocks, readText } from "../../helpers/documents.js";

const here = fileURLToPath(new URL(".", import.meta.url));

describeInChromium("a page that signs in with @azure/msal-browser", (browser: BrowserFor) => {
  let emulator: Emulator;
  let script: string;
  let origin: string;

  beforeAll(async () => {
    const { cert, key } = makeCertificates();
    emulator = await startEmulator({ tls: { cert, key } });
    script = await bundle(readFileSync(join(here, "browserPage.ts"), "utf8"));
    const { host } = new URL(emulator.url);
    origin = await serve(
      { authority: authorityOf(emulator, emulator.url), knownAuthorities: [host] },
      emulator,
    );
  });

  afterAll(() => emulator.close());

  /** Serves the page, and returns its origin. */
  async function serve(auth: object, { url, service: { entra } }: Emulator): Promise<string> {
    const page = html({ auth: { ...auth, clientId: entra.clientId }, endpoint: url });
    return listen((path) => (path === "/page.js" ? script : page));
  }

  /** Serves scripts and pages by their paths, and returns the origin. */
  async function listen(contentOf: (path: string) => string): Promise<string> {
    const server = createServer(({ url = "" }, response) => {
      response.setHeader("Content-Type", url.endsWith(".js") ? "text/javascript" : "text/html");
      response.end(contentOf(url));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  }

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
    expect(await page.getByRole("listitem").allTextContents()).toEqual([
      "Alicealice@contoso.com, role on the resource, Teams license",
      "Bobbob@contoso.com, no role on the resource, no Teams license",
    ]);
    await page.getByRole("link", { name: "Alice" }).click();
    expect(await resultOf(page)).toEqual(signedIn);
    await page.context().close();
  });

  it("does so with a hard-coded authority, in a browser profile that takes the emulator for it", async () => {
    const home = mkdtempSync(join(tmpdir(), "acs-identity-home-"));
    vi.stubEnv("HOME", home);
    vi.stubEnv("USERPROFILE", home);
    const allowed = await startEmulator({ https: true, allowedHosts: ["login.microsoftonline.com"] });
    const { publicKey } = new X509Certificate(readFileSync(allowed.certificateFile ?? ""));
    const keyInfo = publicKey.export({ type: "spki", format: "der" });
    const profile = await launchChromium(
      `--host-resolver-rules=MAP login.microsoftonline.com:443 ${new URL(allowed.url).host}`,
      `--ignore-certificate-errors-spki-list=${createHash("sha256").update(keyInfo).digest("base64")}`,
    );
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await Promise.all([profile.close(), allowed.close()]);
      rmSync(home, { recursive: true });
    });
    const page = await profile.newPage();
    await page.goto(
      await serve({ authority: authorityOf(allowed, "https://login.microsoftonline.com") }, allowed),
    );
    await page.getByRole("link", { name: "Alice" }).click();
    expect(await resultOf(page)).toEqual(signedIn);
  });

  it("creates a user with the file of docs/entra.md, and signs in only once", async () => {
    const { clientId, tenantId } = emulator.service.entra;
    const [file = ""] = codeBlocks("docs/entra.md", "js").filter((block) => block.includes("msal-browser"));
    for (const known of [clientId, tenantId]) expect(file).toContain(known);
    const ofPage = await bundle(file.replace("https://127.0.0.1:7311", emulator.url));
    const app = await listen((path) => (path === "/page.js" ? ofPage : html({})));
    const context = await (await browser()).newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${app}/staff`);
    await page.getByRole("link", { name: "Alice" }).click();
    const created = page.locator("body", { hasText: /^8:acs:/ });
    await created.waitFor();
    const first = await created.textContent();
    await page.reload();
    await created.waitFor();
    expect(await created.textContent()).not.toBe(first);
    await context.close();
  });

  it("gets a Teams user's token with the lines of docs/teams.md, which a server exchanges", async () => {
    const { service, url } = emulator;
    const { clientId, users } = service.entra;
    const lines =
      /```ts no-run\n([^`]*"@azure\/msal-browser".*?)```/s.exec(readText("docs/teams.md"))?.[1] ?? "";
    const handsOn = /```js\n([^`]*redirect-bridge.*?)```/s.exec(readText("docs/teams.md"))?.[1] ?? "";
    const scripts: Record<string, string> = { "/redirect.js": await bundle(handsOn) };
    const app = await listen((path) => scripts[path] ?? html({}, path === "/" ? "/page.js" : "/redirect.js"));
    const filledIn = lines
      .replace(/authority: .*,/, `authority: "${authorityOf(emulator, url)}",`)
      .replace("knownAuthorities: []", `knownAuthorities: ["${new URL(url).host}"]`)
      .replace("<application>", clientId)
      .replace("<page>", `${app}/redirect`);
    scripts["/page.js"] = await bundle(
      `${filledIn}\ndocument.body.textContent = JSON.stringify({ accessToken, uniqueId });`,
    );
    const context = await (await browser()).newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const [popup] = await Promise.all([
      context.waitForEvent("page", (other) => other !== page),
      page.goto(app),
    ]);
    await popup.getByRole("link", { name: "Alice" }).click();
    const { accessToken, uniqueId } = await resultOf(page);
    await context.close();
    expect(uniqueId).toBe(users[0]?.objectId);
    const server = new CommunicationIdentityClient(service.connectionString, {
      httpClient: service.httpClient,
    });
    const teamsUser = { teamsUserAadToken: accessToken, clientId, userObjectId: uniqueId };
    const { token } = await server.getTokenForTeamsUser(teamsUser);
    expect(await service.inspectToken(token)).toMatchObject({ valid: true, scopes: ["chat", "voip"] });
  });
});

const signedIn = {
  username: "alice@contoso.com",
  user: expect.stringMatching(/^8:acs:/),
  scopes: expect.arrayContaining(["https://auth.msft.communication.azure.com/Teams.ManageCalls"]),
};

function authorityOf({ service: { entra } }: Emulator, authorityHost: string): string {
  return `${authorityHost}/${entra.tenantId}`;
}

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: "ts", resolveDir: here },
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

function html(settings: object, script = "/page.js"): string {
  return `<!doctype html><meta charset="utf-8"><body></body><script>const settings = ${JSON.stringify(settings)};</script><script type="module" src="${script}"></script>`;
}
