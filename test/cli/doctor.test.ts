import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import { type Certificates, makeCertificates } from "../helpers/certificates.js";
import { acsIdentity, type Run } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-doctor-"));
const caFile = join(folder, "ca.pem");
let certificates: Certificates;
let emulator: Emulator;

beforeAll(async () => {
  certificates = await makeCertificates();
  writeFileSync(caFile, certificates.ca);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await emulator?.close();
});

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  emulator = await startEmulator(options);
  return emulator;
}

const startTls = () => start({ tls: { cert: certificates.cert, key: certificates.key } });
const trusting = () => ({ NODE_EXTRA_CA_CERTS: caFile });

interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly remedy?: string;
  }[];
}

async function doctor(
  args: readonly string[],
  run: Run,
): Promise<Report & { code: number | null; err: string }> {
  const { code, out, err } = await acsIdentity(["doctor", "--json", ...args], run);
  return { code, err, ...(JSON.parse(out) as Report) };
}

/** Runs the doctor with a connection string in the environment. */
function diagnose(
  connectionString: string,
  environment: Run["environment"] = {},
  args: readonly string[] = [],
) {
  return doctor(args, { environment: { COMMUNICATION_CONNECTION_STRING: connectionString, ...environment } });
}

/** Expects that only the last check failed, with this cause and this remedy. */
function expectCause(
  { code, ok, checks, err }: Awaited<ReturnType<typeof doctor>>,
  check: string,
  cause: string | RegExp,
  remedy: string | RegExp,
): void {
  expect(checks.filter(({ status }) => status === "failed")).toEqual([
    {
      check,
      status: "failed",
      message: expect.stringMatching(cause),
      remedy: expect.stringMatching(remedy),
    },
  ]);
  expect(checks.at(-1)?.check).toBe(check);
  expect({ ok, code, err }).toEqual({ ok: false, code: 1, err: "" });
}

const azureLikeKey = Buffer.alloc(64, "another resource").toString("base64");
const azureEndpoint = "https://some-resource.communication.azure.test";

describe("doctor", () => {
  it("finds nothing wrong with an emulator, and doesn't change it", async () => {
    const { service, url } = await start();
    const client = new CommunicationIdentityClient(service.connectionString);
    const { user, token } = await client.createUserAndToken(["voip"]);
    const before = JSON.stringify({ ...(await service.snapshot()), time: undefined });
    const { communicationUserId: id } = user;
    const report = await diagnose(service.connectionString, {}, ["--user", id]);
    expect(report).toMatchObject({ ok: true, code: 0, err: "" });
    expect(report.checks.map(({ check }) => check)).toEqual([
      "Settings",
      "Connection",
      "Service",
      "Clock",
      "Access key",
      "User",
    ]);
    expect(report.checks[0]?.message).toBe(`COMMUNICATION_CONNECTION_STRING is for ${url}`);
    expect(JSON.stringify({ ...(await service.snapshot()), time: undefined })).toBe(before);
    expect((await service.inspectToken(token)).valid).toBe(true);
  });

  it("prints a line for each check and the remedy below the failed one, but no key", async () => {
    const { service } = await start({ accessKey: azureLikeKey });
    const key = Buffer.alloc(64, "wrong").toString("base64");
    const environment = {
      COMMUNICATION_CONNECTION_STRING: service.connectionString.replace(azureLikeKey, key),
    };
    const { code, out } = await acsIdentity(["doctor"], { environment });
    expect(code).toBe(1);
    expect(out).toMatch(/^(?:✓ [A-Z].+\n)+✗ Access key: .+\n {2}→ .+\n$/);
    expect(out).not.toContain(key);
  });
});

describe("doctor detects", () => {
  it("that the variable is missing and a similar one is set", async () => {
    const report = await doctor([], {
      environment: { ACS_CONNECTION_STRING: "endpoint=https://x/;accesskey=eA==" },
    });
    expectCause(
      report,
      "Settings",
      /^COMMUNICATION_CONNECTION_STRING is not set \(set, but not used: ACS_CONNECTION_STRING\)/,
      /^export COMMUNICATION_CONNECTION_STRING=/,
    );
  });

  it.each([
    "endpoint=https://<resource>.communication.azure.com/;accesskey=<key>",
    `endpoint=https://your-resource.communication.azure.com/;accesskey=${azureLikeKey}`,
  ])("a placeholder: %s", async (connectionString) => {
    expectCause(await diagnose(connectionString), "Settings", /placeholder/, /Azure portal/);
  });

  it("a truncated key that isn't base64", async () => {
    const { connectionString } = await start();
    const cut = connectionString.slice(0, -3);
    expectCause(await diagnose(cut), "Settings", /access key is not base64/, /^The key is cut off/);
  });

  it("a truncated key that is still base64", async () => {
    const { connectionString } = await start();
    const report = await diagnose(connectionString.slice(0, -8));
    expectCause(report, "Access key", /cut off or damaged: it has 80 characters/, /Copy the whole key/);
  });

  it("the key of another resource", async () => {
    const { connectionString } = await start({ accessKey: azureLikeKey });
    const other = connectionString.replace(azureLikeKey, Buffer.alloc(64, "other").toString("base64"));
    const { host } = new URL(emulator.url);
    expectCause(
      await diagnose(other),
      "Access key",
      `isn't one of ${host} .401 Denied`,
      /first lines of the emulator/,
    );
  });

  it("a misspelled host", async () => {
    // A DNS label has at most 63 characters, so the look-up fails without a DNS server.
    const resource = "r".repeat(64);
    const connectionString = `endpoint=https://${resource}.comunication.azure.com/;accesskey=${azureLikeKey}`;
    const report = await diagnose(connectionString);
    expectCause(
      report,
      "Name look-up",
      /There is no host .*\. Did you mean r+\.communication\.azure\.com\?$/,
      /spelling/,
    );
  });

  it("a port on which nothing listens", async () => {
    const { connectionString } = await start();
    await emulator.close();
    expectCause(await diagnose(connectionString), "Connection", /ECONNREFUSED/, "npx acs-identity emulator");
  });

  it("http to a server that speaks https", async () => {
    const { connectionString, url } = await startTls();
    const report = await diagnose(connectionString.replace("https:", "http:"));
    expectCause(report, "TLS", "speaks https, and the endpoint says http", `^Write ${url}/$`);
  });

  it("https to a server that speaks http", async () => {
    const { connectionString, url } = await start();
    const report = await diagnose(connectionString.replace("http:", "https:"));
    expectCause(report, "TLS", "speaks plain http", `^Write ${url}/$`);
  });

  it("a certificate that this machine doesn't trust", async () => {
    const { connectionString } = await startTls();
    expectCause(
      await diagnose(connectionString),
      "TLS",
      /doesn't trust the certificate/,
      /NODE_EXTRA_CA_CERTS/,
    );
    expect(await diagnose(connectionString, trusting())).toMatchObject({ ok: true });
  });

  it.each([
    [407, /HTTPS_PROXY/],
    [403, /allow some-resource\.communication\.azure\.test:443/],
  ])("a proxy that refuses the connection with %d", async (status, remedy) => {
    const proxy = createServer().listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const sent: unknown[] = [];
    proxy.on("connect", ({ headers }, socket) => {
      sent.push(headers["proxy-authorization"]);
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    });
    const { port } = proxy.address() as AddressInfo;
    // A literal %, as the client takes it.
    const environment = { HTTPS_PROXY: `http://user:p%40ss%@127.0.0.1:${port}` };
    const report = await diagnose(`endpoint=${azureEndpoint}/;accesskey=${azureLikeKey}`, environment);
    proxy.close();
    expect([...new Set(sent)]).toEqual([`Basic ${btoa("user:p@ss%")}`]);
    expectCause(report, "Proxy", `127.0.0.1:${port} refuses the connection with ${status}`, remedy);
  });

  it.each([
    [20, "behind"],
    [-20, "ahead of"],
  ])("a clock that differs by %d minutes from the service's", async (minutes, direction) => {
    const { connectionString, service } = await start();
    service.clock.skew({ minutes });
    expectCause(
      await diagnose(connectionString),
      "Clock",
      `20 minutes ${direction} the service's`,
      /Set the clock/,
    );
  });

  it("a server that isn't the service", async () => {
    const server = createServer((_request, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const report = await diagnose(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
    server.close();
    server.closeAllConnections();
    expectCause(
      report,
      "Service",
      `127.0.0.1:${port} isn't the service: .* answers 404`,
      /host and the port/,
    );
  });

  it("a service that is down", async () => {
    const { connectionString, service } = await start();
    service.failNext({ status: 503 });
    expectCause(await diagnose(connectionString), "Service", /answers 503/, /Try again later/);
  });

  it("a proxy variable that isn't a URL", async () => {
    const report = await diagnose(`endpoint=${azureEndpoint}/;accesskey=${azureLikeKey}`, {
      HTTPS_PROXY: "http://[",
    });
    expectCause(report, "Settings", /^The environment variable HTTPS_PROXY can't be used/, /form http:/);
  });

  it("an emulator that was restarted and no longer knows a user", async () => {
    const first = await start();
    const { communicationUserId: id } = await new CommunicationIdentityClient(
      first.connectionString,
    ).createUser();
    await first.close();
    const { connectionString } = await start();
    const report = await diagnose(connectionString, {}, ["--user", id]);
    expectCause(report, "User", /doesn't know the user/, /restarted: keep them with --data FILE/);
  });
});

describe("doctor with an Entra ID token", () => {
  const scope = "https://communication.azure.com//.default";
  const examine = (token: string) =>
    doctor(["--endpoint", emulator.url, "--entra-token", "-"], { input: token });

  async function tokenFor(options: object = {}, audience = scope): Promise<string> {
    return (await emulator.service.createTokenCredential(options).getToken(audience))?.token ?? "";
  }

  it("finds nothing wrong with a valid token", async () => {
    await start();
    const token = await tokenFor();
    const report = await examine(token);
    expect(report).toMatchObject({ ok: true, code: 0 });
    expect(JSON.stringify(report)).not.toContain(token.split(".")[2]);
  });

  it("detects a token for another audience", async () => {
    await start();
    const token = await tokenFor({}, "https://graph.microsoft.com/.default");
    expectCause(await examine(token), "Entra ID token", "another audience: .*graph.microsoft.com", scope);
  });

  it("detects an expired token", async () => {
    await start();
    const token = await tokenFor({ expiresInMinutes: -10 });
    expectCause(await examine(token), "Entra ID token", "expired 10 minutes ago", "Get a new one");
  });

  it("detects that the application has no role on the resource", async () => {
    const { service } = await start();
    const { clientId, applications } = service.entra;
    service.entra.setApplication({ clientId, hasRole: false });
    const token = await tokenFor({ clientId, objectId: applications[0]?.objectId });
    expectCause(
      await examine(token),
      "Entra ID token",
      `application ${clientId} of tenant .* has no role on the resource`,
      "Communication and Email Service Owner",
    );
  });

  it("detects a token from another authority", async () => {
    await start();
    const { privateKey } = await generateKeyPair("RS256");
    const token = await new SignJWT({ tid: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01", oid: "someone" })
      .setProtectedHeader({ alg: "RS256", kid: "other" })
      .setIssuer("https://sts.windows.net/1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01/")
      .setAudience("https://communication.azure.com")
      .setExpirationTime("1h")
      .sign(privateKey);
    expectCause(await examine(token), "Entra ID token", /The service refuses the token/, /in the tenant/);
  });

  it("detects that nobody is signed in", async () => {
    await startTls();
    const report = await doctor(["--endpoint", emulator.url], { environment: trusting() });
    expectCause(report, "Entra ID token", /Couldn't get a token/, /^az login/);
  });

  it("finds nothing wrong if @azure/identity signs in with its environment variables", async () => {
    const { service, url } = await startTls();
    const { tenantId, clientId, clientSecret, authorityHost } = service.entra;
    const environment = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
      AZURE_AUTHORITY_HOST: authorityHost,
      ...trusting(),
    };
    const report = await doctor(["--endpoint", url], { environment });
    expect(report).toMatchObject({ ok: true, code: 0 });
    expect(report.checks.at(-1)?.message).toBe(
      `application ${clientId} of tenant ${tenantId} may use the resource`,
    );
  });
});
