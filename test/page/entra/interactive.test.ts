// Signs users in with the credentials of @azure/identity that need a person, in a real Chromium, over HTTPS.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { type BrowserFor, describeInChromium } from "../../helpers/browser/describeInBrowser.js";
import { bundleProgram } from "../../helpers/bundleProgram.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { ask } from "../../helpers/testing/ask.js";
import { requireTools } from "../../helpers/tools.js";

const others = new URL("../../helpers/communicationCommon/", import.meta.url);
const newest = (await requireTools(others)).resolve("identity");
const newestNode = fileURLToPath(new URL("node_modules/node-22/bin/node", others));
const program = await bundleProgram("test/page/entra/interactiveProgram.ts");
const versions = [
  ["4.13", createRequire(import.meta.url).resolve("@azure/identity"), process.execPath],
  // Needs Node 22.
  ["4.14", newest, newestNode],
] as const;

describeInChromium("the credentials of @azure/identity for people", (browser: BrowserFor) => {
  const folder = mkdtempSync(join(tmpdir(), "acs-identity-interactive-"));
  let emulator: Emulator;

  beforeAll(async () => {
    const { ca, cert, key } = makeCertificates();
    writeFileSync(join(folder, "ca.pem"), ca);
    // Stands for the system's browser: it hands the address to the test.
    writeFileSync(join(folder, "browser"), `#!/bin/sh\nprintf %s "$1" > ${join(folder, "address")}\n`);
    chmodSync(join(folder, "browser"), 0o755);
    emulator = await startEmulator({ tls: { cert, key } });
  });
  afterAll(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(
    kind: string,
    path: string,
    node: string,
  ): { child: ChildProcess; line(): Promise<unknown> } {
    const { authorityHost, tenantId, clientId } = emulator.service.entra;
    const args = [program, kind, path, authorityHost, tenantId, clientId];
    const env = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      BROWSER: join(folder, "browser"),
    };
    const child = spawn(node, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return { child, line: async () => JSON.parse((await lines.next()).value ?? "null") };
  }

  async function open(url: string): Promise<Page> {
    const context = await (await browser()).newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  async function expectExchange(answer: unknown): Promise<void> {
    const { token } = answer as { token: string };
    const { status, body } = await ask(emulator.service, {
      method: "POST",
      target: "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview",
      body: {},
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(200);
    expect(await emulator.service.inspectToken(body.accessToken.token)).toMatchObject({ scopes: ["voip"] });
  }

  describe.each(versions)("of version %s", (_, path, node) => {
    it.skipIf(!existsSync(node))("sign in with InteractiveBrowserCredential", async () => {
      const address = join(folder, "address");
      rmSync(address, { force: true });
      const { child, line } = start("interactive", path, node);
      try {
        await expect.poll(() => existsSync(address) && readFileSync(address, "utf8")).toMatch(/^https:/);
        const page = await open(readFileSync(address, "utf8"));
        await page.getByRole("link", { name: "Alice" }).click();
        await expectExchange(await line());
        await page.context().close();
      } finally {
        child.kill();
      }
    });

    it.skipIf(!existsSync(node))("sign in with DeviceCodeCredential", async () => {
      const { child, line } = start("device", path, node);
      try {
        const { verificationUri, userCode } = (await line()) as Record<string, string>;
        const page = await open(verificationUri ?? "");
        await page.getByLabel("Code").fill("wrong");
        await page.getByRole("button", { name: "Next" }).click();
        await page.getByText("That code didn't work.").waitFor();
        await page.getByLabel("Code").fill(userCode?.toLowerCase() ?? "");
        await page.getByRole("button", { name: "Next" }).click();
        await page.getByRole("link", { name: "Alice" }).click();
        await page.getByRole("heading", { name: "You have signed in" }).waitFor();
        await expectExchange(await line());
        await page.context().close();
      } finally {
        child.kill();
      }
    });
  });
});
