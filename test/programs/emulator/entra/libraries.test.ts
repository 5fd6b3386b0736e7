import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleProgram } from "../../../helpers/bundleProgram.js";
import { type Command, runCommand, startCommand } from "../../../helpers/emulator/command.js";

const home = mkdtempSync(join(tmpdir(), "acs-identity-home-"));
const certificate = join(home, ".acs-identity-emulator/cert.pem");
const program = await bundleProgram("test/programs/emulator/entra/librariesProgram.ts");
/** The host of the real authority, which applications hard-code. */
const loginHost = "login.microsoftonline.com";
let command: Command;

beforeAll(() => {
  command = startCommand(["--https"], { HOME: home });
});
afterAll(async () => {
  await command.kill();
  rmSync(home, { recursive: true, force: true });
});

const outcomes = {
  clientSecret: "8:acs: ey",
  environment: "8:acs: ey",
  default: "8:acs: ey",
  environmentAlone: "8:acs: ey",
  appService: "8:acs: ey",
  appServiceOfClient: "8:acs: ey",
  virtualMachine: "8:acs: ey",
  msalClientCredentials: "8:acs: ey",
  msalCode: "8:acs: ey",
  username: "alice@contoso.com",
  msalRefresh: "ey",
  msalUserRead: "user.read",
  msalOnBehalfOf: "ey",
  wrongSecret: "AuthenticationRequiredError AADSTS7000215",
  // MSAL hides the reason of an authority that it doesn't know. The emulator's log has it.
  unknownTenant: "CredentialUnavailableError",
  noRole: "RestError 401 Denied",
  foreignSignature: "RestError 401 Denied",
  noConsent: "Error AADSTS65001",
  noConsentOnBehalf: "InteractionRequiredAuthError AADSTS65001",
};

describe("Microsoft's unmodified sign-in libraries over HTTPS", () => {
  it("get an ACS token with every sign-in method, and a specific error for each failure", async () => {
    const { url, connectionString } = await command.ready();
    expect(url).toMatch(/^https:/);
    expect(JSON.parse(await run(program, url, [connectionString]))).toEqual(outcomes);
    expect(command.err()).toMatch(/AADSTS90002: Tenant '1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01' not found/);
    expect(command.err()).toMatch(/The user \S+ has no role on this resource/);
    expect(command.err()).toMatch(/The bearer token was not signed by this service/);
  });

  it("run the entraCredential sample without a stub", async () => {
    const { url } = await command.ready();
    expect(await run(await bundleProgram("samples/entraCredential.ts"), url)).toMatch(
      /^Requesting an Entra token for \S+\nCreated 10 users\nIssued a token until \S+\n$/,
    );
  });
});

describe("with the authority https://login.microsoftonline.com, they", () => {
  it("do the same without any configuration, if the name leads to the emulator", async () => {
    const allowed = startCommand(["--https", "--allow-host", loginHost], { HOME: home });
    try {
      const { url, connectionString, certificateFile } = await allowed.ready();
      expect(certificateFile).toBe(join(home, ".acs-identity-emulator", loginHost, "cert.pem"));
      const env = {
        NODE_EXTRA_CA_CERTS: certificateFile,
        AZURE_AUTHORITY_HOST: `https://${loginHost}`,
        NODE_OPTIONS: `--import ${new URL("../../../helpers/loginHost.mjs", import.meta.url)}`,
        LOGIN_HOST_PORT: new URL(url).port,
      };
      expect(JSON.parse(await run(program, url, [connectionString], env))).toEqual({
        ...outcomes,
        unknownTenant: "AuthenticationRequiredError AADSTS90002",
      });
    } finally {
      await allowed.kill();
    }
  });
});

/** Runs a program that trusts the certificate and has the sign-in settings in its environment. Returns its output. */
async function run(
  program: string,
  url: string,
  more: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { entra } = await command.ready();
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: certificate,
    AZURE_TENANT_ID: entra.tenantId,
    AZURE_CLIENT_ID: entra.clientId,
    AZURE_CLIENT_SECRET: entra.clientSecret,
    AZURE_AUTHORITY_HOST: entra.authorityHost,
    COMMUNICATION_ENDPOINT: url,
    ...environment,
  };
  const args = [program, url, ...more];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

describe("--https", () => {
  it("prints how to trust its certificate, and the lines of a .env file", async () => {
    const { entra } = await command.ready();
    const plain = runCommand(["--port", "0", "--https"], { HOME: home });
    try {
      await expect.poll(plain.out).toContain("AZURE_AUTHORITY_HOST=https://127.0.0.1:");
      expect(plain.out()).toContain(
        `\nTrust in its certificate, to paste into your shell before you start your app:\nexport NODE_EXTRA_CA_CERTS='${certificate}'\n`,
      );
      expect(plain.out()).toContain(
        `\nAZURE_TENANT_ID=${entra.tenantId}\nAZURE_CLIENT_ID=${entra.clientId}\n`,
      );
    } finally {
      await plain.kill();
    }
  });
});
