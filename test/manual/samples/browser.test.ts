import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import type { Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { describeInChromium } from "../../helpers/browser/describeInBrowser.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sample = join(root, "samples/browser");
const outDir = join(root, "test-results/browser-sample");
const pictures = join(root, "test-results/screenshots");

describeInChromium("the browser sample", (browserFor) => {
  let server: PreviewServer;
  let url: string;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    // Keeps the certificate that the sample creates out of the home directory of whoever runs the test.
    vi.stubEnv("HOME", join(root, "test-results/home"));
    const options = { root: sample, configFile: join(sample, "vite.config.ts"), logLevel: "warn" as const };
    await build({ ...options, build: { outDir, emptyOutDir: true } });
    server = await preview({ ...options, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
    url = server.resolvedUrls?.local[0] ?? "";
  });

  afterAll(async () => {
    await server?.close();
    vi.unstubAllEnvs();
  });

  beforeEach(async () => {
    page = await (await browserFor()).newPage({
      ignoreHTTPSErrors: true,
      viewport: { width: 960, height: 820 },
    });
    complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
  });

  afterEach(() => page.close());

  const panel = (name: string) => page.getByRole("tabpanel", { name });
  const open = (name: string) => page.getByRole("tab", { name }).click();
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const picture = (name: string) => page.screenshot({ path: join(pictures, `browser-${name}.png`) });

  /** Creates a user, issues and revokes a token, and deletes the user, with the panel's client. */
  async function useConsole(name: string): Promise<void> {
    await press("Create a user");
    const row = panel(name).locator("tbody tr").first();
    await row.waitFor();
    expect(await row.locator("code").first().getAttribute("title")).toMatch(/^8:acs:[\w-]{36}_[\w-]{36}$/);
    await press("Issue");
    await row.getByText("expires in 60 minutes").waitFor();
    await picture(name.toLowerCase().replaceAll(" ", "-"));
    await press("Revoke");
    await row.getByText("all revoked").waitFor();
    await press("Delete");
    await row.waitFor({ state: "detached" });
    expect((await panel(name).locator(".problem").allTextContents()).join("")).toBe("");
  }

  it("has the page that InteractiveBrowserCredential needs as its redirect URI", async () => {
    const { entra } = await (await fetch(new URL("dev/environment", url))).json();
    const { tenantId, clientId, authorityHost } = entra;
    const redirectUri = `${url}redirect.html`;
    const options = { tenantId, clientId, authorityHost, redirectUri, disableInstanceDiscovery: true };
    const { outputFiles } = await bundle({
      stdin: {
        resolveDir: root,
        contents: `import { InteractiveBrowserCredential } from "@azure/identity";
const credential = new InteractiveBrowserCredential({ ...${JSON.stringify(options)}, loginStyle: "popup" });
globalThis.getToken = async () => (await credential.getToken("https://communication.azure.com//.default")).token;`,
      },
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      conditions: ["browser"],
      logLevel: "silent",
    });
    await page.addScriptTag({ content: outputFiles?.[0]?.text ?? "" });
    const popup = page.waitForEvent("popup");
    const token = page.evaluate("getToken()");
    await (await popup).getByRole("link", { name: "Alice" }).click();
    expect(await token).toMatch(/^ey/);
  });

  it("gets a token from a token endpoint, without any ACS credential", async () => {
    const requested: string[] = [];
    page.on("request", (request) => requested.push(new URL(request.url()).pathname));
    await press("Get my token");
    const facts = panel("Token endpoint").locator("dd");
    await facts.first().waitFor();
    const [user = "", token = "", expires = ""] = await facts.allTextContents();
    expect(user).toMatch(/^8:acs:/);
    expect(token).toMatch(/^eyJ[\w-]{5}…[\w-]{6}$/);
    expect(expires).toBe("in 24 hours");
    await picture("token-endpoint");
    await press("Get my token");
    await expect.poll(() => facts.nth(1).textContent()).not.toBe(token);
    expect(await facts.first().textContent(), "the same user").toBe(user);
    expect(new Set(requested)).toEqual(new Set(["/dev/sign-in", "/token"]));
    expect(complaints).toEqual([]);
  });

  it("renews the token of who signed in last, and of nobody else", async () => {
    const asked: (string | undefined)[] = [];
    await page.clock.install();
    page.on("request", (request) => {
      if (request.url().endsWith("/token")) asked.push(request.headers().authorization);
    });
    for (const name of ["Alice", "Bob"]) {
      await page.getByLabel("Sign in as").fill(name);
      await press("Get my token");
      // It's disabled until the token is there.
      await page.getByRole("button", { name: "Get my token", disabled: false }).waitFor();
    }
    await page.clock.fastForward("24:00:00");
    await expect.poll(() => asked).toEqual(["Bearer Alice", "Bearer Bob", "Bearer Bob"]);
  });

  it("shows the token endpoint's answer if it refuses", async () => {
    await page.getByLabel("Sign in as").fill(" ");
    await press("Get my token");
    await panel("Token endpoint").getByText("Enter a name to sign in").waitFor();
  });

  it("serves on after a request that was aborted, and one that is too long", async () => {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST /dev/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nAli");
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.resetAndDestroy();
    const signIn = (body: string) => fetch(new URL("/dev/sign-in", url), { method: "POST", body });
    expect((await signIn("A".repeat(100_000))).status).toBe(400);
    expect(await (await signIn("Alice")).json()).toEqual({ token: "Alice" });
  });

  it("works with an Entra credential without warnings", async () => {
    const authorizations: string[] = [];
    page.on("request", (request) => {
      const scheme = request.headers().authorization?.split(" ")[0];
      if (scheme) authorizations.push(scheme);
    });
    await open("Entra ID credential");
    await press("Sign in");
    await page.getByRole("link", { name: "Alice" }).click();
    await panel("Entra ID credential").getByText("Signed in as alice@contoso.com").waitFor();
    await useConsole("Entra ID credential");
    expect(new Set(authorizations)).toEqual(new Set(["Bearer"]));
    expect(complaints).toEqual([]);
  });

  it("works with the emulator's connection string without a warning about its key", async () => {
    await open("Connection string");
    await press("Connect");
    await useConsole("Connection string");
    await press("Connect");
    await useConsole("Connection string");
    expect(complaints).toEqual([]);
    expect(await page.locator("#log").textContent()).not.toMatch(/Signature=[^R]|eyJ/);
  });

  it("rejects any other connection string", async () => {
    await open("Connection string");
    const key = Buffer.from("not a secret, only the length of one").toString("base64");
    await page
      .getByRole("textbox", { name: "Connection string" })
      .fill(`endpoint=https://contoso.communication.azure.com/;accesskey=${key}`);
    await press("Connect");
    await panel("Connection string").getByText("contoso.communication.azure.com isn't an emulator").waitFor();
    await picture("refused");
    expect(complaints).toEqual([]);
  });

  it("works in the dark color scheme", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await press("Get my token");
    await panel("Token endpoint").locator("dd").first().waitFor();
    await picture("dark");
  });

  it("doesn't bundle a key, the emulator or Node modules", () => {
    const assets = join(outDir, "assets");
    const code = readdirSync(assets).map((name) => readFileSync(join(assets, name), "utf8"));
    expect(code.join("")).not.toMatch(/accesskey=[A-Za-z0-9+/]{8}|startEmulator|node:/);
  });
});
