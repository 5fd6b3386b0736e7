// Other people's sign-in libraries, unmodified, as their documentation has them: only authority, ids and secret are an
// emulator's. Those of Microsoft are in test/page/entra and test/programs/emulator/entra.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { build, transformSync } from "esbuild";
import { Agent, fetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { type BrowserFor, describeInChromium } from "../helpers/browser/describeInBrowser.js";
import { makeAuthority } from "../helpers/certificates.js";
import { run } from "../helpers/command.js";
import { codeBlocks, readText, root } from "../helpers/documents.js";
import { requireTools } from "../helpers/tools.js";
import { blockOf, tokensFile } from "../starters/pages.js";

const here = new URL("signIn/", import.meta.url);
const loginHost = "login.microsoftonline.com";
const { identity, issue } = makeAuthority();
const { cert: ca } = identity;
const tls = issue("emulator", { names: ["127.0.0.1", loginHost] });
const acsUser = expect.stringMatching(/^8:acs:/);
const alice = { name: "Alice", email: "alice@contoso.com", users: [acsUser, acsUser] };

let emulator: Emulator;

beforeAll(async () => {
  await requireTools(here);
  emulator = await startEmulator({ tls, allowedHosts: [loginHost] });
});
afterAll(() => emulator.close());

const toLoopback: LookupFunction = (_, { all }, found) => {
  const [address, family] = ["127.0.0.1", 4] as const;
  if (all) found(null, [{ address, family }]);
  else found(null, address, family);
};

/** Does what a person does with a browser without scripts, as Alice. Keeps cookies, by host. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();
  // Leads to the emulator, whose certificate is for this name, too.
  readonly #dispatcher = new Agent({ connect: { ca, lookup: toLoopback } });

  /** Follows redirects, and goes on at the page that chooses a user and at forms that submit themselves. */
  async visit(url: URL, form?: URLSearchParams): Promise<{ url: URL; text: string }> {
    const cookies = this.#cookies.get(url.host) ?? new Map<string, string>();
    this.#cookies.set(url.host, cookies);
    const { port } = new URL(emulator.url);
    const response = await fetch(url.host === loginHost ? Object.assign(new URL(url), { port }) : url, {
      dispatcher: this.#dispatcher,
      redirect: "manual",
      headers: { Cookie: Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { method: "POST", body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get("location");
    const [, choice] = /<a href="([^"]*)"[^>]*><bdi>Alice</.exec(text) ?? [];
    const [, action] = /<form method="post" action="([^"]*)">/.exec(text) ?? [];
    if (location !== null) return this.visit(new URL(location, url));
    if (choice !== undefined) return this.visit(new URL(unescaped(choice), url));
    if (action === undefined) return { url, text };
    const fields = Array.from(
      text.matchAll(/name="([^"]*)" value="([^"]*)"/g),
      ([, name = "", value = ""]) => [name, unescaped(value)],
    );
    return this.visit(new URL(unescaped(action), url), new URLSearchParams(fields));
  }
}

function unescaped(html: string): string {
  return html
    .replaceAll("&quot;", '"')
    .replaceAll("&gt;", ">")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}

describe("a web app", () => {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-sign-in-"));
  /** Where the app in Next.js has the token endpoint. Git ignores the folder. */
  const tokenFolder = fileURLToPath(new URL("next/app/api/token/", here));
  let origin: string;
  let stop: () => void;

  beforeAll(async () => {
    mkdirSync(tokenFolder, { recursive: true });
    for (const [name, code] of [
      // The page's auth.js is the one of staff here, too.
      [
        "route",
        blockOf("docs/authJs.md", "js", "tokens.respond").replace('"../../auth.js"', '"../../usersAuth.js"'),
      ],
      ["tokens", tokensFile],
    ] as const) {
      // Without TypeScript, which Next.js would install.
      writeFileSync(join(tokenFolder, `${name}.js`), transformSync(code, { loader: "ts" }).code);
    }
    writeFileSync(join(folder, "ca.pem"), ca);
    const { authorityHost, tenantId, clientId, clientSecret } = emulator.service.entra;
    const [dotenv = ""] = codeBlocks("docs/authJs.md", "sh").filter((block) =>
      block.startsWith("AUTH_SECRET"),
    );
    const child = spawn(process.execPath, [fileURLToPath(new URL("server.mjs", here))], {
      env: {
        ...process.env,
        ...parseEnv(dotenv.replaceAll("https://127.0.0.1:7311", authorityHost)),
        AUTHORITY_HOST: authorityHost,
        TENANT_ID: tenantId,
        CLIENT_ID: clientId,
        CLIENT_SECRET: clientSecret,
        NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
        NODE_OPTIONS: `--import ${new URL("../helpers/loginHost.mjs", import.meta.url)}`,
        LOGIN_HOST_PORT: new URL(emulator.url).port,
        NEXT_TELEMETRY_DISABLED: "1",
        NODE_ENV: "development",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    stop = () => child.kill();
    for await (const line of createInterface(child.stdout)) {
      if (!/^http:\S+$/.test(line)) continue;
      origin = line;
      return;
    }
    expect.fail("the server has ended");
  });
  afterAll(() => {
    stop?.();
    rmSync(folder, { recursive: true });
    rmSync(tokenFolder, { recursive: true, force: true });
  });

  const at = (path: string) => new URL(path, origin);

  it.each([
    ["openid-client", alice, "signed out"],
    ["openid-client-hybrid", { ...alice, users: [acsUser] }],
    ["oauth4webapi", alice, "You are signed out"],
    ["arctic", alice],
    ["better-auth", alice],
    ["passport-openidconnect", { ...alice, users: [] }],
    ["passport-for-acs", { ...alice, users: [acsUser] }],
    ["express-openid-connect", { ...alice, users: [] }, "signed out"],
    ["express-openid-connect-code", alice, "signed out"],
  ])("signs in, calls ACS, renews and signs out with %s", async (name, expected, signedOut?: string) => {
    const browser = new Browser();
    const { text } = await browser.visit(at(`/${name}/login`));
    expect(text).toMatch(/^\{/);
    expect(JSON.parse(text)).toEqual(expected);
    if (signedOut) expect((await browser.visit(at(`/${name}/logout`))).text).toContain(signedOut);
  });

  it("has the files of docs/authJs.md", () => {
    const [route, users, , staff] = codeBlocks("docs/authJs.md", "js");
    const fileOf = (path: string) => readText(`test/applications/signIn/next/app/${path}`);
    expect(fileOf("api/auth/[...nextauth]/route.js")).toBe(route);
    expect(fileOf("auth.js")).toBe(staff);
    const { dependencies } = JSON.parse(readText("test/applications/signIn/package.json"));
    expect(codeBlocks("docs/authJs.md", "sh")).toContain(
      `npm install next-auth@${dependencies["next-auth"]}\n`,
    );
    // The same app has both, so one of them needs another path.
    expect(fileOf("usersAuth.js").replace('  basePath: "/users",\n', "")).toBe(users);
  });

  /** Signs in as Alice with Auth.js, and returns what the app's own page of this name says then. */
  async function signedIn(browser: Browser, path: string, provider: string, done: string): Promise<unknown> {
    const { csrfToken } = JSON.parse((await browser.visit(at(`${path}/csrf`))).text);
    const form = new URLSearchParams({ csrfToken, callbackUrl: at(done).href });
    return JSON.parse((await browser.visit(at(`${path}/signin/${provider}`), form)).text);
  }

  async function signOut(browser: Browser, path: string, done: string): Promise<void> {
    const { csrfToken } = JSON.parse((await browser.visit(at(`${path}/csrf`))).text);
    const form = new URLSearchParams({ csrfToken, callbackUrl: at(done).href });
    expect(JSON.parse((await browser.visit(at(`${path}/signout`), form)).text)).toBe("signed out");
  }

  it("does so with next-auth 4 in Next.js", async () => {
    const browser = new Browser();
    expect(await signedIn(browser, "/auth4", "azure-ad", "/done/4")).toEqual(alice);
    await signOut(browser, "/auth4", "/done/4");
  });

  it("knows a user by the object id with Auth.js 5, as docs/authJs.md has it", async () => {
    const browser = new Browser();
    const session = await signedIn(browser, "/users", "microsoft-entra-id", "/done/users");
    const { objectId } = emulator.service.entra.users.find(({ name }) => name === "Alice") ?? {};
    expect(session).toMatchObject({ user: { id: objectId, email: alice.email } });
    await signOut(browser, "/users", "/done/users");
  });

  it("gives the token of docs/tokenEndpoint.md to whoever has signed in with Auth.js 5", async () => {
    const browser = new Browser();
    const ask = async () => JSON.parse((await browser.visit(at("/api/token"), new URLSearchParams())).text);
    expect(await ask()).toEqual({ status: 401, detail: expect.any(String) });
    await signedIn(browser, "/users", "microsoft-entra-id", "/done/users");
    const { token, user } = await ask();
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true });
    // The person is the same, so it is the same user again.
    expect(await ask()).toMatchObject({ user });
  });

  it("calls ACS with the credential of docs/authJs.md, made of a session of Auth.js 5", async () => {
    const browser = new Browser();
    const session = await signedIn(browser, "/api/auth", "microsoft-entra-id", "/done/5");
    const [block = ""] = codeBlocks("docs/authJs.md", "js").filter((code) =>
      code.includes("new CommunicationIdentityClient"),
    );
    const program = join(root, `test-results/credential-${process.pid}.mjs`);
    writeFileSync(program, `const auth = async () => (${JSON.stringify(session)});\n${block}`);
    const env = { COMMUNICATION_ENDPOINT: emulator.url, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
    expect(await run(process.execPath, [program], { cwd: root, env })).toMatch(
      /communicationUserId: '8:acs:/,
    );
    await signOut(browser, "/api/auth", "/done/5");
  });
});

describeInChromium("a page", (browser: BrowserFor) => {
  it.each(["oidc-client-ts", "msal"])("does so with %s", async (name) => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("page.ts", here))],
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      conditions: ["browser"],
      tsconfigRaw: {},
      logLevel: "silent",
    });
    const { authorityHost, tenantId, clientId } = emulator.service.entra;
    const settings = { authorityHost, tenantId, clientId, endpoint: emulator.url };
    const server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
      response.end(
        isScript
          ? outputFiles[0]?.text
          : `<!doctype html><body></body><script>const settings = ${JSON.stringify(settings)};</script><script type="module" src="/page.js"></script>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    const context = await (await browser()).newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/${name}`);
    await page.getByRole("link", { name: "Alice" }).click();
    const body = page.locator("body", { hasText: /^["{]/ });
    await body.waitFor();
    expect(JSON.parse((await body.textContent()) ?? "")).toMatchObject(alice);
    await body.click();
    await page.getByText('"signed out"').waitFor();
    await context.close();
    server.close();
  });
});
