// Other programs meet the certificate of --https: each refuses it, until it is told to trust it in its own way.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../src/emulator/index.js";
import { launchChromium } from "../../helpers/browser/chromium.js";
import { describeInChromium } from "../../helpers/browser/describeInBrowser.js";
import { codeBlocks } from "../../helpers/documents.js";
import { isGateMachine } from "../../helpers/gateMachine.js";
import { startProxy } from "../../helpers/transport/proxyServer.js";

const home = mkdtempSync(join(tmpdir(), "acs-identity-trust-"));
let emulator: Emulator;
let file: string;

beforeAll(async () => {
  vi.stubEnv("HOME", home);
  vi.stubEnv("USERPROFILE", home);
  emulator = await startEmulator({ https: true });
  file = emulator.certificateFile ?? "";
  return async () => {
    vi.unstubAllEnvs();
    await emulator.close();
  };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = promisify(execFile);

/** Returns the output of a program. Skips the test if the machine doesn't have it, except on the machine of the gate. */
async function outputOf(
  { skip }: TestContext,
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...environment };
  try {
    return (await run(program, args, { env })).stdout;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT" && !isGateMachine) skip(`this machine has no ${program}`);
    throw new Error(stderr || String(error));
  }
}

/** For 127.0.0.1 and localhost. */
function addresses(): string[] {
  return [emulator.url, emulator.url.replace("127.0.0.1", "localhost")].map((url) => `${url}/_emulator/info`);
}

describe("the certificate of --https", () => {
  it("is accepted by Node", async (context) => {
    const program = "for (const url of process.argv.slice(1)) console.log((await fetch(url)).status)";
    const args = () => ["--input-type=module", "--eval", program, ...addresses()];
    await expect(outputOf(context, process.execPath, args())).rejects.toThrow("self-signed certificate");
    expect(await outputOf(context, process.execPath, args(), { NODE_EXTRA_CA_CERTS: file })).toBe(
      "200\n200\n",
    );
  });

  it("lets the official client work beside this one, with the same connection string", async (context) => {
    const program = `
      import { CommunicationIdentityClient as Official } from "@azure/communication-identity";
      import { CommunicationIdentityClient } from "acs-identity";
      for (const Client of [Official, CommunicationIdentityClient]) {
        const { communicationUserId } = await new Client(process.argv[1]).createUser();
        console.log(communicationUserId.slice(0, 6));
      }`;
    const args = ["--input-type=module", "--eval", program, emulator.connectionString];
    expect(await outputOf(context, process.execPath, args, { NODE_EXTRA_CA_CERTS: file })).toBe(
      "8:acs:\n8:acs:\n",
    );
  });

  it("is accepted behind a proxy by the client of docs/operating.md, which trusts no other of NODE_EXTRA_CA_CERTS", async (context) => {
    const proxy = await startProxy();
    const [block = ""] = codeBlocks("docs/operating.md", "ts no-run").filter((code) =>
      code.includes("rootCertificates"),
    );
    const program = `${block}await client.createUser();`
      .replace("http://proxy.contoso.com", "http://127.0.0.1")
      .replace("8080", String(proxy.port));
    const run = (code: string) =>
      outputOf(context, process.execPath, ["--input-type=module", "--eval", code], {
        COMMUNICATION_CONNECTION_STRING: emulator.connectionString,
        NODE_EXTRA_CA_CERTS: file,
      });
    const trusting = program.replace('"company.pem"', JSON.stringify(file));
    expect(await run(trusting)).toBe("");
    expect(proxy.targets).toEqual([new URL(emulator.url).host]);
    await expect(run(trusting.replace(/, readFileSync\(.*?\)(?=\])/, ""))).rejects.toThrow("isn't trusted");
  });

  it("is accepted by curl", async (context) => {
    for (const url of addresses()) {
      const args = ["--silent", "--show-error", url];
      await expect(outputOf(context, "curl", args)).rejects.toThrow("self-signed certificate");
      expect(await outputOf(context, "curl", ["--cacert", file, ...args])).toContain('"connectionString"');
    }
  });

  it("is accepted by Python with the strict checks that it has by default since version 3.13", async (context) => {
    const program = `
import ssl, sys, urllib.request
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
for url in sys.argv[1:]:
    print(urllib.request.urlopen(url, context=context).status)
`;
    const args = ["-c", program, ...addresses()];
    await expect(outputOf(context, "python3", args)).rejects.toThrow("self-signed certificate");
    expect(await outputOf(context, "python3", args, { SSL_CERT_FILE: file })).toBe("200\n200\n");
  });
});

describeInChromium("the certificate of --https in Chromium", () => {
  it("is accepted as that of a peer", async (context) => {
    const database = join(home, ".pki", "nssdb");
    const certutil = (...args: readonly string[]) =>
      outputOf(context, "certutil", ["-d", `sql:${database}`, ...args]);
    mkdirSync(database, { recursive: true });
    await certutil("-N", "--empty-password");
    const open = async () => {
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        const statuses: unknown[] = [];
        for (const url of addresses()) statuses.push((await page.goto(url))?.status());
        return statuses;
      } finally {
        await browser.close();
      }
    };
    await expect(open()).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    await certutil("-A", "-n", "acs-identity emulator", "-t", "P,,", "-i", file);
    expect(await open()).toEqual([200, 200]);
  });
});
