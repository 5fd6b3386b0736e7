import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { TokenCredential } from "@azure/core-auth";
import { ClientSecretCredential } from "@azure/identity";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { statusRemedies } from "../../src/cli/doctor/remedies.js";
import * as entraCredential from "../../src/cli/entraCredential.js";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.js";
import { CommunicationIdentityClient } from "../../src/index.js";
import {
  type Authority,
  type CertificateOptions,
  type Identity,
  makeAuthority,
} from "../helpers/certificates.js";
import { freePort } from "../helpers/freePort.js";
import { startProxy } from "../transport/proxyServer.js";
import { acsIdentity, acsIdentityHere, type Outcome, type Run, withMarks } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "acs-identity-doctor-"));
const caFile = join(folder, "ca.pem");
let authority: Authority;
let certificate: Identity;
let emulator: Emulator;

beforeAll(async () => {
  authority = makeAuthority();
  certificate = authority.issue("localhost");
  writeFileSync(caFile, authority.identity.cert);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await emulator?.close();
});

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  emulator = await startEmulator(options);
  return emulator;
}

const startTls = () => start({ tls: certificate });
const trusting = () => ({ NODE_EXTRA_CA_CERTS: caFile });

/** Starts a server that ends with the test, and returns its port. */
async function listen(
  server: Pick<Server, "listen" | "address" | "close"> & NodeJS.EventEmitter,
): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly remedy?: string;
    readonly details?: string;
  }[];
}

const azureLikeKey = Buffer.alloc(64, "another resource").toString("base64");
const otherKey = Buffer.alloc(64, "other").toString("base64");
/** Its name is never looked up: a proxy would do that. */
const azure = `endpoint=https://some-resource.communication.azure.test/;accesskey=${azureLikeKey}`;
const scope = "https://communication.azure.com/.default";

/** How the doctor is called. */
interface Call extends Run {
  readonly args?: readonly string[];
  /** Whether it needs a process of its own, since Node reads NODE_EXTRA_CA_CERTS when it starts. */
  readonly ownProcess?: boolean;
}

/** Something that is wrong, and the line and remedy that the doctor ends with. */
interface Situation {
  readonly name: string;
  readonly arrange: () => Promise<Call> | Call;
  readonly check: string;
  readonly line: string | RegExp;
  readonly remedy: string | RegExp;
  /** Default: `failed`. */
  readonly status?: "warning";
}

const withString = (text: string, environment: Run["environment"] = {}): Call => ({
  environment: { COMMUNICATION_CONNECTION_STRING: text, ...environment },
});

async function tokenFor(options: object = {}, audience = scope): Promise<string> {
  return (await emulator.service.createTokenCredential(options).getToken(audience))?.token ?? "";
}

const withToken = (input: string): Call => ({
  args: ["--endpoint", emulator.url, "--entra-token", "-"],
  input,
});

/** An authority that refuses every sign-in, and the credential of an application that asks it. */
async function refusedByEntra(number: number, text: string): Promise<Call> {
  const { url } = await start();
  const description = `AADSTS${number}: ${text} Trace ID: 4e6b0f7a Correlation ID: 0b1c Timestamp: 2026-01-01 00:00:00Z`;
  const server = createSecureServer(certificate);
  const port = await listen(server);
  const origin = `https://127.0.0.1:${port}`;
  server.on("request", ({ url: path = "" }, response) => {
    const isConfiguration = path.includes("openid-configuration");
    response.writeHead(isConfiguration ? 200 : 400, { "Content-Type": "application/json" });
    const tenant = `${origin}/${path.split("/")[1]}`;
    response.end(
      JSON.stringify(
        isConfiguration
          ? {
              issuer: `${tenant}/v2.0`,
              authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
              token_endpoint: `${tenant}/oauth2/v2.0/token`,
              jwks_uri: `${tenant}/discovery/v2.0/keys`,
            }
          : { error: "invalid_client", error_description: description, error_codes: [number] },
      ),
    );
  });
  signInWith(
    new ClientSecretCredential("1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01", "an-application", "a-secret", {
      authorityHost: origin,
      disableInstanceDiscovery: true,
      ...{ tlsOptions: { ca: authority.identity.cert } },
    }),
  );
  return { args: ["--endpoint", url], environment: { AZURE_AUTHORITY_HOST: "https://login.example.test" } };
}

/** Puts a credential in the place of DefaultAzureCredential, which can't be told to trust the test's authority. */
function signInWith(credential: TokenCredential): void {
  vi.spyOn(entraCredential, "entraCredential").mockResolvedValue(credential);
}

/** An emulator with a certificate of a trusted authority, which has another fault. */
async function withCertificate(options: CertificateOptions): Promise<Call> {
  const { connectionString } = await start({ tls: authority.issue("localhost", options) });
  return { ...withString(connectionString, trusting()), ownProcess: true };
}

/** A proxy that answers CONNECT like this. */
async function proxyThatAnswers(answer: string): Promise<Call> {
  const proxy = createServer();
  const port = await listen(proxy);
  proxy.on("connect", (_request, socket) => socket.end(`HTTP/1.1 ${answer}\r\nContent-Length: 0\r\n\r\n`));
  return withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${port}` });
}

/** A service on another machine, which answers with a status or not at all. The doctor tells it nothing of itself. */
async function serviceThatAnswers(statusFor: (isForUser: boolean) => number | undefined): Promise<Call> {
  const proxy = createServer(async (request, response) => {
    const { authorization, "x-acs-identity-doctor": mark } = request.headers;
    const status = authorization ? statusFor((await text(request)).includes("voip")) : 401;
    if (status && !mark) response.writeHead(status).end();
    else request.socket.destroy();
  });
  const args = ["--allow-insecure-connection"];
  const endpoint = `endpoint=http://service.test/;accesskey=${azureLikeKey}`;
  return { args, ...withString(endpoint, { HTTP_PROXY: `http://127.0.0.1:${await listen(proxy)}` }) };
}

const situations: readonly Situation[] = [
  {
    name: "the variable is missing and a similar one is set",
    arrange: () => ({ environment: { ACS_CONNECTION_STRING: azure } }),
    check: "Settings",
    line: /^COMMUNICATION_CONNECTION_STRING is not set \(set, but not used: ACS_CONNECTION_STRING\)/,
    remedy:
      /^(?:export|set) .*COMMUNICATION_CONNECTION_STRING.+\. If it is in a \.env file: node --env-file=\.env/,
  },
  {
    name: "the connection string still has the placeholders of the documentation",
    arrange: () => withString("endpoint=https://<resource>.communication.azure.com/;accesskey=<key>"),
    check: "Settings",
    line: /placeholder/,
    remedy: /^Copy the connection string from the Azure portal .*, or from the emulator's page$/,
  },
  {
    name: "the connection string still has a placeholder name",
    arrange: () =>
      withString(`endpoint=https://your-resource.communication.azure.com/;accesskey=${azureLikeKey}`),
    check: "Settings",
    line: "COMMUNICATION_CONNECTION_STRING still holds a placeholder",
    remedy: /Azure portal/,
  },
  {
    name: "the key is cut off and no base64",
    arrange: async () => withString((await start()).connectionString.slice(0, -3)),
    check: "Settings",
    line: /access key is not base64/,
    remedy: /^The key is cut off/,
  },
  {
    name: "the endpoint has no scheme",
    arrange: () => ({ args: ["--endpoint", "a.communication.azure.com", "--entra-token", "-"], input: "x" }),
    check: "Settings",
    line: /^--endpoint: The endpoint can't be used: it must be an https URL/,
    remedy: /^Copy the endpoint from the Azure portal/,
  },
  {
    name: "the shell has cut the connection string off at its semicolon",
    arrange: () => withString("endpoint=https://some-resource.communication.azure.test/"),
    check: "Settings",
    line: /A shell ends an unquoted value at `;`: put the whole string in single quotes/,
    remedy: /^(?:export COMMUNICATION_CONNECTION_STRING='|set "COMMUNICATION_CONNECTION_STRING=)/,
  },
  {
    name: "nothing comes through the pipe in the place of an Entra ID token",
    arrange: async () => ({ args: ["--endpoint", (await start()).url, "--entra-token", "-"], input: "" }),
    check: "Settings",
    line: "Standard input was empty. Did the program before the pipe fail?",
    remedy: / sign in first: az login$/,
  },
  {
    name: "a proxy variable is no URL",
    arrange: () => withString(azure, { HTTPS_PROXY: "http://[" }),
    check: "Settings",
    line: /^The environment variable HTTPS_PROXY can't be used: its host or port can't be read\. Write http:/,
    remedy: /^Correct it, or unset it/,
  },
  {
    name: "plain http to another machine",
    arrange: () => withString(`endpoint=http://emulator:7311/;accesskey=${azureLikeKey}`),
    check: "Settings",
    line: /plain http to a host other than loopback needs --allow-insecure-connection/,
    remedy: "Write https://, or pass --allow-insecure-connection",
  },
  {
    name: "the host is misspelled",
    // A DNS label has at most 63 characters, so the look-up fails without a DNS server.
    arrange: () =>
      withString(`endpoint=https://${"r".repeat(64)}.comunication.azure.com/;accesskey=${azureLikeKey}`),
    check: "Name look-up",
    line: /There is no host .*\. Did you mean r+\.communication\.azure\.com\?$/,
    remedy: /^Check the spelling of the endpoint/,
  },
  {
    name: "the emulator isn't running",
    arrange: async () =>
      withString(`endpoint=http://127.0.0.1:${await freePort()}/;accesskey=${azureLikeKey}`),
    check: "Connection",
    line: /^Nothing listens on 127\.0\.0\.1, port \d+ \(ECONNREFUSED\)$/,
    remedy: /^Is the emulator running\? Start it with: .*acs-identity emulator --port \d+$/,
  },
  {
    name: "the proxy isn't running",
    arrange: async () => withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` }),
    check: "Connection",
    line: /^Nothing listens on 127\.0\.0\.1, port \d+, the proxy of HTTPS_PROXY \(ECONNREFUSED\)$/,
    remedy:
      /^Start the proxy or correct HTTPS_PROXY\. .*NO_PROXY.+some-resource\.communication\.azure\.test['"]/,
  },
  {
    name: "the proxy has a misspelled host",
    arrange: () => withString(azure, { https_proxy: `http://${"p".repeat(64)}.test:3128` }),
    check: "Name look-up",
    line: /^There is no host p+\.test, the proxy of https_proxy/i,
    remedy: /correct https_proxy/i,
  },
  {
    name: "the proxy wants a password",
    arrange: () => proxyThatAnswers("407 Proxy Authentication Required"),
    check: "Proxy",
    line: /^The proxy refused the connection with status 407: it requires credentials \(127\.0\.0\.1:\d+, of HTTPS_PROXY, for some-resource\S+:443\)$/,
    remedy: /^Put the proxy's user name and password into HTTPS_PROXY/,
  },
  {
    name: "the proxy doesn't allow the resource",
    arrange: () => proxyThatAnswers("403 Forbidden"),
    check: "Proxy",
    line: /^The proxy refused the connection with status 403 \(127\S+ of HTTPS_PROXY, for some-resource\S+:443\)$/,
    remedy: /^Ask whoever runs the proxy to allow this host, or bypass it/,
  },
  ...[
    ["doesn't answer", ""],
    ["answers byte by byte", "HTTP/1.1 200 OK\r\nX: "],
  ].map(
    ([what, bytes]): Situation => ({
      name: `the proxy ${what}`,
      async arrange() {
        const proxy = createServer();
        const port = await listen(proxy);
        proxy.on("connect", (_request, socket) => {
          const trickle = setInterval(() => socket.write(bytes ?? ""), 50);
          socket.once("close", () => clearInterval(trickle)).on("error", () => {});
          socket.write(bytes ?? "");
          vi.advanceTimersByTime(10_000);
        });
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
        return withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${port}` });
      },
      check: "Proxy",
      line: /^The proxy can't be used: no response within 10 seconds \(/,
      remedy: /^Start the proxy or correct HTTPS_PROXY/,
    }),
  ),
  {
    name: "a proxy shows a certificate of its own",
    async arrange() {
      const { port } = new URL((await startTls()).url);
      const proxy = createServer();
      proxy.on("connect", (_request, client) => {
        const server = connect(Number(port), "127.0.0.1");
        for (const socket of [client, server]) socket.on("error", () => socket.destroy());
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        server.pipe(client).pipe(server);
      });
      return withString(azure, { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` });
    },
    check: "TLS",
    line: /doesn't trust the certificate of some-resource\S+, issued by .+ \([A-Z_]+\)$/,
    remedy:
      /^Does .+ run a proxy or a virus scanner .+\? If not, don't trust it\. If so, get its root certificate \(PEM\) there: .*NODE_EXTRA_CA/,
  },
  {
    name: "the endpoint says http, and the server speaks https",
    arrange: async () => withString((await startTls()).connectionString.replace("https:", "http:")),
    check: "TLS",
    line: /speaks https, and the endpoint says http$/,
    remedy: /^Write https:\/\/127\.0\.0\.1:\d+\/$/,
  },
  {
    name: "the endpoint says https, and the server speaks http",
    arrange: async () => withString((await start()).connectionString.replace("http:", "https:")),
    check: "TLS",
    line: /speaks plain http, and the endpoint says https$/,
    remedy: /^Write http:\/\/127\.0\.0\.1:\d+\/$/,
  },
  {
    name: "this machine doesn't trust the certificate",
    arrange: async () => withString((await startTls()).connectionString),
    check: "TLS",
    line: /doesn't trust the certificate of 127\.0\.0\.1:\d+, issued by .+ \(/,
    remedy: /NODE_EXTRA_CA_CERTS.+ the file that the emulator printed/,
  },
  {
    name: "the certificate is for another name",
    arrange: () => withCertificate({ names: ["other.example"] }),
    check: "TLS",
    line: /is for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
    remedy: /the name that the certificate has/,
  },
  {
    name: "the certificate has expired",
    arrange: () => withCertificate({ notAfter: new Date(Date.now() - 60_000) }),
    check: "TLS",
    line: /isn't valid now \(CERT_HAS_EXPIRED\)$/,
    remedy: /^Check the clock of this machine/,
  },
  {
    name: "something else answers there",
    async arrange() {
      const port = await listen(createServer((_request, response) => response.writeHead(404).end()));
      return withString(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
    },
    check: "Service",
    line: /isn't the service: .* returned 404; the service returns 401/,
    remedy: /host and the port/,
  },
  {
    name: "an emulator is told to fail",
    async arrange() {
      const port = await listen(createServer((_request, response) => response.writeHead(503).end()));
      return withString(`endpoint=http://127.0.0.1:${port}/;accesskey=${azureLikeKey}`);
    },
    check: "Service",
    line: /^127\.0\.0\.1:\d+ is busy or failing \(503\)$/,
    remedy: /^If this is an emulator, it was told to/,
  },
  ...([403, 404, 429, 503] as const).map(
    (status): Situation => ({
      name: `the service answers a signed request with ${status}`,
      arrange: () => serviceThatAnswers(() => status),
      check: "Access key",
      line: `service.test refuses the request (${status})`,
      remedy: statusRemedies[status === 503 ? "5xx" : status],
    }),
  ),
  ...([400, 401, 429, undefined] as const).map(
    (status): Situation => ({
      name: `the service answers for a user with ${status}`,
      async arrange() {
        const call = await serviceThatAnswers((isForUser) => (isForUser ? status : 400));
        return { ...call, args: [...(call.args ?? []), "--user", "8:acs:x"] };
      },
      check: "User",
      line: status
        ? `The service issues no token for the user (${status})`
        : "service.test didn't respond (ECONNRESET)",
      remedy: statusRemedies[status ?? "none"],
    }),
  ),
  {
    name: "the clock is two hours behind",
    async arrange() {
      const { connectionString, service } = await start();
      service.clock.skew({ minutes: 120 });
      return withString(connectionString);
    },
    status: "warning",
    check: "Clock",
    line: /is 120 minutes behind the service's\. The client signs with the service's time, so calls succeed/,
    remedy: /skewed its clock.*, or set the machine's clock: /,
  },
  {
    name: "the clock is two hours ahead, and the client signs in with Entra ID",
    async arrange() {
      await start();
      // Only this machine takes it for expired.
      const token = await tokenFor({ expiresInMinutes: -10 });
      emulator.service.clock.skew({ minutes: -120 });
      return withToken(token);
    },
    status: "warning",
    check: "Clock",
    line: /is 120 minutes ahead of the service's\. Calls succeed, but valid tokens can look expired here$/,
    remedy: /set the machine's clock: /,
  },
  {
    name: "the key is cut off and still base64",
    arrange: async () => withString((await start()).connectionString.slice(0, -8)),
    check: "Access key",
    line: /cut off or damaged: it has 80 characters/,
    remedy: /^Copy the whole key\. Copy the connection string from the emulator's page, /,
  },
  {
    name: "the key is another resource's",
    arrange: async () =>
      withString((await start({ accessKey: azureLikeKey })).connectionString.replace(azureLikeKey, otherKey)),
    check: "Access key",
    line: /^The access key isn't one of 127\.0\.0\.1:\d+ \(401 Denied: [^"]*\)$/,
    remedy: "Copy the connection string from the emulator's page, which has its current keys",
  },
  {
    name: "the user was made before the emulator was restarted",
    async arrange() {
      const first = await start();
      const { communicationUserId: id } = await new CommunicationIdentityClient(
        first.connectionString,
      ).createUser();
      await first.close();
      return { ...withString((await start()).connectionString), args: ["--user", id] };
    },
    check: "User",
    line: /doesn't know the user \(401 IdentityNotOwned: The id is this resource's, but the user was deleted or never/,
    remedy: /It was deleted, or the emulator was restarted without --data FILE/,
  },
  {
    name: "what came through the pipe is no token",
    arrange: async () => {
      await start();
      return withToken("ERROR: Please run 'az login' to setup account.");
    },
    check: "Entra ID token",
    line: "The token isn't a JWT",
    remedy: `Ask for one with the scope ${scope}`,
  },
  {
    name: "the Entra ID token is for another audience",
    arrange: async () => {
      await start();
      return withToken(await tokenFor({}, "https://graph.microsoft.com/.default"));
    },
    check: "Entra ID token",
    line: 'The token is for another audience: "https://graph.microsoft.com"',
    remedy: `Ask for one with the scope ${scope}, or with az account get-access-token --resource https://communication.azure.com`,
  },
  {
    name: "the Entra ID token is for another cloud than the emulator's",
    arrange: async () => {
      await start({ audience: "https://communication.azure.us" });
      return withToken(await tokenFor());
    },
    check: "Entra ID token",
    line: /^The service refuses the token of .*is meant for "https:\/\/communication\.azure\.com\/?", not for /,
    remedy:
      "Ask for one with the scope https://communication.azure.us/.default: pass --audience https://communication.azure.us to the doctor and audience to the client",
  },
  {
    name: "the Entra ID token has expired",
    arrange: async () => {
      await start();
      return withToken(await tokenFor({ expiresInMinutes: -10 }));
    },
    check: "Entra ID token",
    line: /expired 10 minutes ago$/,
    remedy: /^Get a new one/,
  },
  {
    name: "the application has no role on the resource",
    async arrange() {
      const { service } = await start();
      const { clientId, applications } = service.entra;
      service.entra.setApplication({ clientId, hasRole: false });
      return withToken(await tokenFor({ clientId, objectId: applications[0]?.objectId }));
    },
    check: "Entra ID token",
    line: /^application [-\w]+ of tenant [-\w]+ has no role on the resource \(401 Denied\)$/,
    remedy:
      /^Give it the role Communication and Email Service Owner under Entra ID on the emulator's page, http:\/\/127\.0\.0\.1:\d+$/,
  },
  {
    name: "a server refuses the application with 403",
    async arrange() {
      await start();
      const server = createServer(({ headers }, response) =>
        response.writeHead(headers.authorization ? 403 : 401).end(),
      );
      const endpoint = `http://127.0.0.1:${await listen(server)}`;
      return { ...withToken(await tokenFor()), args: ["--endpoint", endpoint, "--entra-token", "-"] };
    },
    check: "Entra ID token",
    line: /has no role on the resource \(403\)$/,
    remedy: /^Assign the identity the role Communication and Email Service Owner, .*Access control/,
  },
  {
    name: "the Entra ID token is from another authority",
    async arrange() {
      await start();
      const { privateKey } = await generateKeyPair("RS256");
      const token = await new SignJWT({ tid: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01", oid: "someone" })
        .setProtectedHeader({ alg: "RS256", kid: "other" })
        .setIssuer("https://sts.windows.net/1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01/")
        .setAudience("https://communication.azure.com")
        .setExpirationTime("1h")
        .sign(privateKey);
      return withToken(token);
    },
    check: "Entra ID token",
    line: /^The service refuses the token of user someone/,
    remedy: /^Is the resource in the tenant 1a5c4717/,
  },
  {
    name: "nobody is signed in",
    async arrange() {
      const { url } = await start();
      return {
        args: ["--endpoint", url],
        environment: { AZURE_AUTHORITY_HOST: url.replace("http:", "https:") },
      };
    },
    check: "Entra ID token",
    line: /^Nobody is signed in/,
    remedy: /^az login, or set AZURE_TENANT_ID/,
  },
  ...(
    [
      [
        { AZURE_TENANT_ID: "not a tenant" },
        "AZURE_TENANT_ID is neither a GUID nor a domain name",
        /AZURE_TENANT_ID/,
      ],
      [{ AZURE_AUTHORITY_HOST: "http://127.0.0.1:7311" }, /^.+ is http:.+ need https$/, /with --https/],
      [
        { AZURE_AUTHORITY_HOST: "https://127.0.0.1:9" },
        /https:\/\/127\.0\.0\.1:9 can't be reached \(/,
        /^Check/,
      ],
    ] as const
  ).map(
    ([settings, line, remedy]): Situation => ({
      name: `the settings for Entra ID are ${JSON.stringify(settings)}`,
      async arrange() {
        signInWith({ getToken: () => Promise.reject(new Error("endpoints_resolution_error")) });
        return {
          args: ["--endpoint", (await start()).url],
          environment: {
            AZURE_TENANT_ID: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
            AZURE_AUTHORITY_HOST: "https://127.0.0.1:9",
            ...settings,
          },
        };
      },
      check: "Entra ID token",
      line: typeof line === "string" ? `Couldn't get a token: ${line}` : line,
      remedy,
    }),
  ),
  ...(
    [
      [
        "https://login.example.test",
        /^Ask whoever runs the proxy to allow this host, or bypass it .*NO_PROXY.*login/,
      ],
      [
        "https://127.0.0.1:9",
        /^A proxy can't connect to this machine: bypass it for this host: .*NO_PROXY.*127\.0\.0\.1/,
      ],
    ] as const
  ).map(
    ([authorityHost, remedy]): Situation => ({
      name: `a proxy doesn't allow the authority ${authorityHost}`,
      async arrange() {
        const { environment } = await proxyThatAnswers("403 Forbidden");
        return {
          args: ["--endpoint", (await start()).url],
          environment: {
            HTTPS_PROXY: environment?.HTTPS_PROXY ?? "",
            AZURE_TENANT_ID: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
            AZURE_CLIENT_ID: "an-application",
            AZURE_CLIENT_SECRET: "a-secret",
            AZURE_AUTHORITY_HOST: authorityHost,
          },
        };
      },
      check: "Entra ID token",
      line: /^Couldn't get a token: The proxy refused the connection with status 403 \(127\S+ of HTTPS_PROXY, for \S+\)$/,
      remedy,
    }),
  ),
  {
    name: "the emulator is to sign in, but its authority isn't set",
    async arrange() {
      const { url, service } = await start();
      const { tenantId } = service.entra;
      const error = Object.assign(new Error("network_error: Network request failed"), {
        name: "AuthenticationError",
      });
      signInWith({ getToken: () => Promise.reject(error) });
      return { args: ["--endpoint", url], environment: { AZURE_TENANT_ID: tenantId } };
    },
    check: "Entra ID token",
    line: /AZURE_AUTHORITY_HOST isn't set \(network_error: Network request failed\)$/,
    remedy:
      /AZURE_ variables that the emulator prints with --https\. If they are in a \.env file: node --env-file=\.env ".+" doctor --endpoint https?:/,
  },
  ...(
    [
      [
        7000215,
        "Invalid client secret provided.",
        /AZURE_CLIENT_SECRET must hold the secret's value, not its id/,
      ],
      [
        7000222,
        "The provided client secret keys for app are expired.",
        /^The secret has expired: create a new/,
      ],
      [
        700016,
        "Application with identifier 'x' was not found.",
        /Compare AZURE_CLIENT_ID .* AZURE_TENANT_ID/,
      ],
      [90002, "Tenant 'x' not found.", /^Correct AZURE_TENANT_ID/],
      [
        500011,
        "The resource principal named x was not found in the tenant.",
        /az ad sp create --id 1fd5118e/,
      ],
      [65001, "The user or administrator has not consented.", /adminconsent\?client_id=/],
      [50076, "You must use multi-factor authentication.", /az login --scope https:\/\/communication\.azure/],
      [700024, "Client assertion is not within its valid time range.", /^Set the clock/],
      [123456, "Something new.", /error\?code=123456/],
    ] as const
  ).map(
    ([number, text, remedy]): Situation => ({
      name: `Entra ID answers AADSTS${number}`,
      arrange: () => refusedByEntra(number, text),
      check: "Entra ID token",
      line: `Couldn't get a token: AADSTS${number}: ${text}`,
      remedy,
    }),
  ),
];

/** Runs the doctor. */
function call({ args = [], ownProcess, ...run }: Call, ...more: readonly string[]): Promise<Outcome> {
  return (ownProcess ? acsIdentity : acsIdentityHere)(["doctor", ...args, ...more], run);
}

const reportOf = ({ out }: Outcome): Report => JSON.parse(out) as Report;

describe("doctor, in a situation in which", () => {
  it.each(situations)("$name", async ({ arrange, check, line, remedy, status = "failed" }) => {
    const outcome = await call(await arrange(), "--json");
    const { ok, checks } = reportOf(outcome);
    const matching = (text: string | RegExp) =>
      typeof text === "string" ? text : expect.stringMatching(text);
    expect(checks.filter((each) => each.status !== "passed")).toEqual([
      {
        check,
        status,
        message: matching(line),
        remedy: matching(remedy),
        ...(outcome.out.includes('"details"') && { details: expect.any(String) }),
      },
    ]);
    const isFailure = status === "failed";
    expect({ ok, code: outcome.code, err: outcome.err }).toEqual({
      ok: !isFailure,
      code: isFailure ? 1 : 0,
      err: "",
    });
    // What comes after a failure can't be judged; a warning hides nothing.
    expect(checks.at(-1)?.check === check).toBe(isFailure);
  });
});

describe("doctor", () => {
  it("finds nothing wrong with an emulator, and doesn't change it", async () => {
    const { service, url } = await start();
    const { token } = await new CommunicationIdentityClient(service.connectionString).createUserAndToken([
      "voip",
    ]);
    const before = JSON.stringify({ ...(await service.snapshot()), time: undefined });
    const outcome = await call(withString(service.connectionString), "--json");
    const { ok, checks } = reportOf(outcome);
    expect({ ok, code: outcome.code, err: outcome.err }).toEqual({ ok: true, code: 0, err: "" });
    expect(checks.map(({ check }) => check)).toEqual([
      "Settings",
      "Connection",
      "Service",
      "Clock",
      "Access key",
    ]);
    expect(checks[0]?.message).toBe(`COMMUNICATION_CONNECTION_STRING is for ${url}`);
    expect(JSON.stringify({ ...(await service.snapshot()), time: undefined })).toBe(before);
    expect((await service.inspectToken(token)).valid).toBe(true);
  });

  it("issues a token for the user to see whether the service knows it, and doesn't show it", async () => {
    const { service } = await start();
    const { communicationUserId: id } = await new CommunicationIdentityClient(
      service.connectionString,
    ).createUser();
    const { code, out } = await call(withString(service.connectionString), "--user", id);
    expect({ code, last: withMarks(out).trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: "✓ User: the service issues tokens for it",
    });
    // A JWT starts so.
    expect(out).not.toContain("eyJ");
  });

  it("prints a line for each check and the remedy below the failed one, but no key, and the string to sign only in JSON", async () => {
    const { connectionString } = await start({ accessKey: azureLikeKey });
    const wrong = withString(connectionString.replace(azureLikeKey, otherKey));
    const { code, out } = await call(wrong);
    expect(code).toBe(1);
    expect(withMarks(out)).toMatch(/^(?:✓ [A-Z].+\n)+✗ Access key: .+\n {2}→ .+\n$/);
    expect(out).not.toContain(otherKey);
    expect(out).not.toContain("String to sign");
    expect(reportOf(await call(wrong, "--json")).checks.at(-1)?.details).toMatch(/\. String to sign: "POST/);
  });

  it("prints a warning with its remedy, and goes on", async () => {
    const { connectionString, service } = await start();
    service.clock.skew({ minutes: 20 });
    const { code, out } = await call(withString(connectionString));
    expect(code).toBe(0);
    expect(withMarks(out)).toMatch(/^(?:✓ [A-Z].+\n)+! Clock: .+\n {2}→ .+\n✓ Access key: .+\n$/);
  });

  it("sends a proxy the credentials that the client sends", async () => {
    const proxy = createServer();
    const port = await listen(proxy);
    const sent: unknown[] = [];
    proxy.on("connect", ({ headers }, socket) => {
      sent.push(headers["proxy-authorization"]);
      socket.end("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    });
    // A literal %, as the client takes it.
    await call(withString(azure, { HTTPS_PROXY: `http://user:p%40ss%@127.0.0.1:${port}` }));
    expect([...new Set(sent)]).toEqual([`Basic ${btoa("user:p@ss%")}`]);
  });

  it("leaves nothing but tagged requests and no warning in the emulator's log", async () => {
    const levels: string[] = [];
    const { connectionString, service } = await start({
      accessKey: azureLikeKey,
      onLog: ({ level, fields }) => fields && levels.push(level),
    });
    service.failNext({ status: 503, times: 9 });
    await call(withString(connectionString));
    await call(withString(connectionString.replace(azureLikeKey, otherKey)));
    const agents = service.requests.map(({ headers }) => headers["user-agent"]?.split(" ")[0]);
    expect(agents).toEqual(agents.map(() => "acs-identity-doctor"));
    expect(service.requests.map(({ isFromDoctor }) => isFromDoctor)).toEqual([true, true, true, true]);
    expect(service.requests.map(({ status }) => status)).toEqual([401, 400, 401, 401]);
    expect(levels).toEqual(["info", "info", "info", "info"]);
  });
});

describe("doctor with @azure/identity", () => {
  it("finds nothing wrong with a valid token from standard input, and doesn't print it", async () => {
    await start();
    const token = await tokenFor();
    const { code, out } = await call(withToken(token), "--json");
    expect(code).toBe(0);
    expect(out).not.toContain(token.split(".")[2]);
  });

  it.each([
    ["accepts a token for the US Government's audience", []],
    ["takes the audience of a flag", ["--audience", "https://communication.azure.us"]],
  ])("%s", async (_, args) => {
    await start({ audience: "https://communication.azure.us" });
    const { code, out } = await call(withToken(await tokenFor({}, "")), ...args);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("may use the resource") });
  });

  it("signs in with its environment variables, to an emulator whose certificate is trusted", async () => {
    const { service, url } = await startTls();
    const { tenantId, clientId, clientSecret, authorityHost } = service.entra;
    const variables = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
      AZURE_AUTHORITY_HOST: authorityHost,
      ...trusting(),
    };
    const signIn = (environment: Run["environment"] = {}) =>
      acsIdentity(["doctor", "--endpoint", url], { environment: { ...variables, ...environment } });
    const { code, out } = await signIn();
    expect({ code, last: withMarks(out).trimEnd().split("\n").at(-1) }).toEqual({
      code: 0,
      last: `✓ Entra ID token: application ${clientId} of tenant ${tenantId} may use the resource`,
    });
    const { port, targets } = await startProxy();
    const unknownTenant = await signIn({
      AZURE_TENANT_ID: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01",
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    });
    expect(withMarks(unknownTenant.out)).toMatch(
      /: AADSTS90002: Tenant .+\n {2}→ This authority is an emulator's/,
    );
    // The library's request, the doctor's look at the proxy, and its own request.
    expect(targets).toEqual(Array(3).fill(new URL(url).host));
    const wrong = await signIn({ AZURE_CLIENT_SECRET: "wrong" });
    expect(withMarks(wrong.out)).toMatch(
      /^✗ Entra ID token: Couldn't get a token: AADSTS7000215: .+\n {2}→ This authority is an emulator's: .+ page, https:/m,
    );
  });
});
