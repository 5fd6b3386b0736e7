// Checks that this package still writes the messages that TROUBLESHOOTING.md explains: each of them is provoked here.
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { connect, createServer } from "node:net";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import type { TokenCredential } from "@azure/core-auth";
import { createHttpHeaders, createPipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openDataFile } from "../../src/emulator/data/dataFile.js";
import { adminRefusal } from "../../src/emulator/hostGuards.js";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.js";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type TokenScope,
} from "../../src/index.js";
import { logger } from "../../src/logger.js";
import { bearerTokenPolicy } from "../../src/pipeline/bearerTokenPolicy.js";
import { explainUnreachable } from "../../src/pipeline/unreachable.js";
import { createTokenRefresher } from "../../src/refresher/index.js";
import { proxyRefusal } from "../../src/shared/proxyRefusal.js";
import {
  createFakeIdentityService,
  type FakeIdentityServiceOptions,
  identityHandlers,
} from "../../src/testing/index.js";
import { createFake } from "../../src/testing/service/fake.js";
import { addUser } from "../../src/testing/service/users.js";
import { createUndiciHttpClient } from "../../src/undici/index.js";
import { InstantTimer } from "../helpers/emulator/instantTimer.js";
import { SimulatedDisk } from "../helpers/emulator/simulatedDisk.js";
import { explainedMessages, messagePattern } from "../helpers/messages.js";
import { listen } from "../helpers/server.js";
import { type StubAnswer, stubTransport } from "../helpers/stubTransport.js";
import { temporaryFolder } from "../helpers/temporaryFolder.js";
import { connectionString, testEndpoint, testKey, type user, userBody } from "../helpers/values.js";
import { writtenErrors } from "../helpers/writtenErrors.js";

const explained = explainedMessages();
const minute = 60_000;

/** Returns the text of the error that something throws or rejects with. */
async function errorOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    return String(error);
  }
  return expect.fail("nothing was thrown");
}

/** Returns the text of the error of a client whose clock differs from the fake's. */
function fromSkewedClock(hours: number): Promise<string> {
  return fromFake((_, { clock, connectionString, httpClient }) => {
    clock.skew({ hours });
    return new CommunicationIdentityClient(connectionString, {
      httpClient,
      clockCorrection: false,
    }).createUser();
  });
}

/** Returns the text of the error of a call to the fake. */
function fromFake(
  call: (
    client: CommunicationIdentityClient,
    service: ReturnType<typeof createFakeIdentityService>,
  ) => unknown,
  options: FakeIdentityServiceOptions = {},
): Promise<string> {
  const service = createFakeIdentityService(options);
  const client = new CommunicationIdentityClient(service.connectionString, {
    httpClient: service.httpClient,
    retryOptions: { maxRetries: 0 },
  });
  return errorOf(() => call(client, service));
}

/** Returns the text of the error of a call that gets an answer. */
function fromAnswer(answer: StubAnswer): Promise<string> {
  const client = new CommunicationIdentityClient(connectionString, { httpClient: stubTransport(answer) });
  return errorOf(() => client.createUser());
}

/** Returns the warnings that two calls log, of which the first two get a 401 with another time. */
/** Lets an attempt take too long, at the step at which transport or credential hang. */
function timeOut(
  options: CommunicationIdentityClientOptions,
  credential: TokenCredential | AzureKeyCredential = new AzureKeyCredential(testKey),
): Promise<string> {
  const client = new CommunicationIdentityClient(testEndpoint, credential, options);
  return errorOf(() => client.createUser({ requestOptions: { timeout: 50 } }));
}

async function clockWarnings(): Promise<string> {
  const warning = vi.spyOn(logger, "warning").mockImplementation(() => {});
  const deniedAt = (offset: number) => ({
    status: 401,
    headers: { date: new Date(Date.now() + offset).toUTCString() },
  });
  const created = { status: 201, body: userBody };
  const httpClient = stubTransport(deniedAt(20 * minute), created, deniedAt(0), created);
  const client = new CommunicationIdentityClient(connectionString, { httpClient });
  await client.createUser();
  await client.createUser();
  return warning.mock.calls.flat().join("\n");
}

/** Returns what explains that a host can't be reached. */
function explanationOf(url: string, code: string, cause: object = {}, agent?: object): string {
  const request = createPipelineRequest({ url });
  Object.assign(request, { agent });
  const error = new RestError("fetch failed", { code, request });
  return explainUnreachable(Object.assign(error, { cause }))?.message ?? "";
}

/** Returns the text of the error of a call with a credential. */
function fromCredential(endpoint: string, getToken: TokenCredential["getToken"]): Promise<string> {
  const httpClient = { sendRequest: () => expect.fail("it was sent") };
  return errorOf(() => new CommunicationIdentityClient(endpoint, { getToken }, { httpClient }).createUser());
}

function fromRefresher(answer: Response | Promise<never>): Promise<string> {
  return new Promise((resolve) => {
    const { getToken, stop } = createTokenRefresher({
      fetchToken: async () => answer,
      onFailure: ({ message }) => {
        stop();
        resolve(message);
      },
    });
    getToken().catch(() => {});
  });
}

/** Starts an emulator, and returns why it can't or, after `act`, what it logged. */
async function fromEmulator(
  options: EmulatorOptions,
  act: (url: string) => Promise<unknown> = async () => {},
): Promise<string> {
  const lines: string[] = [];
  const emulator = await startEmulator({ ...options, onLog: ({ message }) => lines.push(message) }).catch(
    String,
  );
  if (typeof emulator === "string") return emulator;
  await act(emulator.url).finally(() => emulator.close());
  return lines.join("\n");
}

/** Returns what an emulator logs whose disk fails. */
async function fromDisk(
  act: (disk: SimulatedDisk) => void,
  disk: SimulatedDisk = new SimulatedDisk(),
): Promise<string> {
  const lines: string[] = [];
  const fake = createFake();
  const path = resolve("/data/state");
  const close = await openDataFile(
    path,
    fake,
    ({ message }) => lines.push(message),
    disk.files,
    disk.lock,
    new InstantTimer(),
  );
  act(disk);
  await fake.store.change((draft) => addUser(fake, draft, fake.clock.time, {})).catch(() => {});
  await close();
  return lines.join("\n");
}

/** Returns a disk with a data file of many obsolete lines. */
async function bloatedDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const fake = createFake();
  const close = await openDataFile(resolve("/data/state"), fake, () => {}, disk.files, disk.lock);
  await fake.store.change((draft) => {
    for (let count = 0; count < 1100; count++)
      draft.add({ type: "assignmentDeleted", tenantId: "t", objectId: "o" });
  });
  await close();
  return new SimulatedDisk([], disk.content());
}

const request = (headers: Record<string, string>, host = "127.0.0.1:7311") => ({
  method: "GET",
  target: "/",
  scheme: "http" as const,
  host,
  headers: new Map(Object.entries(headers)),
});

const stranger = { communicationUserId: "8:acs:2dee53b4-368b-45b4-ab52-8493fb117652_1" };
const guid = "11111111-1111-4111-8111-111111111111";
const otherGuid = "22222222-2222-4222-8222-222222222222";

async function exchange(clientId: string, userObjectId: string): Promise<string> {
  return fromFake(async (client, { createTeamsUserToken }) => {
    const teamsUserAadToken = await createTeamsUserToken({ clientId: guid, userObjectId: guid });
    return client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
  });
}

/** How each message comes about. */
const provoked: Readonly<Record<string, () => string | Promise<string>>> = {
  "Denied by the resource provider.": () =>
    fromFake((_, { endpoint, httpClient }) =>
      new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey), { httpClient }).createUser(),
    ),
  "The clock of this machine is … s …; requests are signed with the service's time.": clockWarnings,
  "The clock of this machine is right again; requests are signed with its time.": clockWarnings,
  "x-ms-date is … s ahead of the service's wall clock; … s are allowed": () => fromSkewedClock(-1),
  "x-ms-date is … s behind the service's wall clock; … s are allowed": () => fromSkewedClock(1),
  "Request 'x-ms-content-sha256' differs from generated content hash.": () =>
    fromFake((_, { connectionString, httpClient }) =>
      new CommunicationIdentityClient(connectionString, {
        httpClient: {
          sendRequest: (request) => httpClient.sendRequest(Object.assign(request, { body: "{}" })),
        },
      }).createUser(),
    ),
  "Provided identity doesn't belong to the resource.": () =>
    fromFake((client) => client.deleteUser(stranger)),
  "Provided identity doesn't exist.": () =>
    fromFake(async (client) => {
      const gone = await client.createUser();
      await client.deleteUser(gone);
      await client.deleteUser(gone);
    }),
  "Provided access token is not valid.": () =>
    fromFake((client) =>
      client.getTokenForTeamsUser({ teamsUserAadToken: "no token", clientId: guid, userObjectId: guid }),
    ),
  "Invalid scopes - Scopes field is required.": () =>
    fromFake(async (client) => client.getToken(await client.createUser(), [])),
  "The … field is required.": () => exchange("", guid),
  "Invalid scopes - Scope '…' is not supported.": () =>
    fromFake(async (client) => client.getToken(await client.createUser(), ["video" as TokenScope])),
  "ExpiresInMinutes value … is invalid. Value must be within the [60, 1440] interval.": () =>
    fromFake((client) => client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 30 })),
  "Provided … has invalid format.": () => exchange("no GUID", guid),
  "AAD application is not the expected one.": () => exchange(otherGuid, guid),
  "Provided AAD token issued for unexpected user.": () => exchange(guid, otherGuid),
  "The HTTP resource that matches the request URI '…' does not support the API version '…'.": () =>
    fromFake((_, { connectionString, httpClient }) =>
      new CommunicationIdentityClient(connectionString, {
        httpClient,
        apiVersion: "2020-07-20-preview2" as "2023-10-01",
      }).createUser(),
    ),
  "The requested resource was not found.": () =>
    fromFake(async (_, { fetch, endpoint }) => {
      throw await (await fetch(`${endpoint}unknown`)).text();
    }),
  "This is a path of …, and only identity is emulated: replace the client of … by a mock in tests, or use a real resource for both":
    () =>
      fromFake(async (_, { fetch, endpoint }) => {
        throw (await fetch(`${endpoint}chat/threads`)).headers.get("x-ms-emulator-diagnosis");
      }),
  "Too many requests. Try again later.": () =>
    fromFake(
      async (client) => {
        await client.createUser();
        await client.createUser();
      },
      { throttle: 0.001 },
    ),
  "… is missing or not …": () => fromAnswer({ status: 201, body: {} }),
  "only … is a success": () => fromAnswer({ status: 200, body: userBody }),
  "The body of the response with status … could not be read: ….": () =>
    fromAnswer({ status: 201, body: "a".repeat(2 ** 20 + 1) }),
  "No response from …, or no connection to it, within … ms. …, or raise requestOptions.timeout. …": () =>
    timeOut({ httpClient: { sendRequest: () => new Promise<never>(() => {}) } }),
  "The response began, but didn't end within … ms. Call again, or raise requestOptions.timeout. …": () =>
    timeOut({
      httpClient: {
        sendRequest: async (request) => ({
          request,
          status: 201,
          headers: createHttpHeaders(),
          readableStreamBody: new Readable({ read: () => undefined }),
        }),
      },
    }),
  "The credential returned no Entra ID token within … ms. This attempt sent nothing. …, or raise requestOptions.timeout.":
    () => timeOut({}, { getToken: () => new Promise(() => {}) }),
  "The proxy … opened no connection within … ms. This attempt sent nothing. …, or raise requestOptions.timeout.":
    async () => {
      const silent = createServer();
      const port = await listen(silent);
      onTestFinished(() => void silent.close());
      return timeOut({ proxyOptions: { host: "http://127.0.0.1", port } });
    },
  "The operation was aborted.": () =>
    errorOf(() =>
      new CommunicationIdentityClient(connectionString).createUser({ abortSignal: AbortSignal.abort() }),
    ),
  "Nothing listens on …. Is the emulator running? Start it with: npx --no-install acs-identity emulator…":
    () => explanationOf("http://127.0.0.1:1/", "ECONNREFUSED", { code: "ECONNREFUSED" }),
  "No host is called …. Is the endpoint misspelt? (…)": () =>
    explanationOf("https://a.example/", "ENOTFOUND", {
      code: "ENOTFOUND",
      message: "getaddrinfo ENOTFOUND a.example",
    }),
  "… can't be reached: …": () => explanationOf("https://a.example/", RestError.REQUEST_SEND_ERROR),
  "… asks for a certificate of the client: pass tlsOptions: { cert, key }.": () =>
    explanationOf("https://a.example/", "x", { code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" }),
  "The certificate of … isn't trusted (…).": () =>
    explanationOf("https://a.example/", "x", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
  "Nothing listens on …, the address of the proxy. Check proxyOptions, or HTTPS_PROXY and NO_PROXY.": () =>
    explanationOf(
      "https://a.example/",
      "ECONNREFUSED",
      { code: "ECONNREFUSED" },
      { proxy: new URL("http://p") },
    ),
  "The proxy refused the connection with status ….": () => proxyRefusal(403).message,
  "The server on … speaks http, not https: write http:// in the endpoint": () =>
    explanationOf("https://127.0.0.1/", "EPROTO", { code: "ERR_SSL_WRONG_VERSION_NUMBER" }),
  "Plain http requires allowInsecureConnection.": () =>
    errorOf(() => createUndiciHttpClient().sendRequest(createPipelineRequest({ url: "http://a.example" }))),
  "undici can't use an agent of node:http. Pass a dispatcher to createUndiciHttpClient.": () =>
    errorOf(() =>
      createUndiciHttpClient().sendRequest(
        Object.assign(createPipelineRequest({ url: "https://a.example" }), { agent: new Agent() }),
      ),
    ),
  "Visitors of this page can read its access key. Get tokens from your own server instead.": () => {
    vi.stubGlobal("document", {});
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    new CommunicationIdentityClient(connectionString);
    vi.unstubAllGlobals();
    return warn.mock.calls.flat().join();
  },
  "… returned HTML instead of JSON": () =>
    fromRefresher(new Response("<p>", { headers: { "Content-Type": "text/html" } })),
  "… returned no token": () => fromRefresher(Response.json({})),
  "… returned …": () => fromRefresher(new Response("", { status: 503 })),
  "The token endpoint timed out": async () => {
    vi.useFakeTimers();
    const text = fromRefresher(new Promise<never>(() => {}));
    await vi.advanceTimersByTimeAsync(5 * minute);
    vi.useRealTimers();
    return text;
  },
  "fetchToken rejected without an Error": () => fromRefresher(Promise.reject(null)),
  "The call was aborted": () =>
    errorOf(() => {
      const { getToken, stop } = createTokenRefresher({ fetchToken: () => new Promise(() => {}) });
      const signal = { aborted: true, addEventListener() {}, removeEventListener() {} };
      return getToken({ abortSignal: signal as never }).finally(stop);
    }),
  "The token refresher was stopped": () =>
    errorOf(() => {
      const { getToken, stop } = createTokenRefresher({ fetchToken: () => new Promise(() => {}) });
      stop();
      return getToken();
    }),
  "user.communicationUserId must be a non-empty string; it is ….": () =>
    fromFake((client) => client.deleteUser({ communicationUserId: undefined as unknown as string })),
  "… must be an array of strings, such as ….": () =>
    fromFake((client) => client.getToken(stranger, "voip" as unknown as TokenScope[])),
  "Unknown option …. Did you mean tokenExpiresInMinutes?": () =>
    fromFake((client) => client.getToken(stranger, ["voip"], { expiresInMinutes: 60 } as object)),
  "tokenExpiresInMinutes must be a whole number.": () =>
    fromFake((client) => client.getToken(stranger, ["voip"], { tokenExpiresInMinutes: 60.5 })),
  "customId belongs to a preview that the service withdrew (2025-03-02-preview).": () =>
    fromFake((client) => client.createUser({ customId: "alice" } as object)),
  "… must have at most … characters; it has ….": () =>
    fromFake((client) => client.deleteUser({ communicationUserId: "8".repeat(2000) })),
  "An id must be well-formed Unicode, and not empty, '.', '..' or a token.": () =>
    fromFake((client) => client.deleteUser({ communicationUserId: ".." })),
  "A method was called without its client. Bind it.": () => {
    const { createUser } = new CommunicationIdentityClient(connectionString);
    return errorOf(() => createUser());
  },
  "An endpoint needs a KeyCredential or a TokenCredential.": () =>
    errorOf(() => new CommunicationIdentityClient(testEndpoint)),
  "The access key is a string. Pass new AzureKeyCredential(key), which acs-identity exports.": () =>
    errorOf(() => new CommunicationIdentityClient("contoso", testKey as never)),
  "The key and the endpoint are swapped: the endpoint comes first.": () =>
    errorOf(() => new CommunicationIdentityClient(testKey, testEndpoint as never)),
  "The options must be an object.": () =>
    errorOf(() => new CommunicationIdentityClient(connectionString, (() => {}) as object)),
  "… must be ….": () =>
    errorOf(() => new CommunicationIdentityClient(connectionString, { clockCorrection: 1 } as object)),
  "… can't be set: it belongs to the transport.": () =>
    fromFake((client) => client.createUser({ requestOptions: { customHeaders: { "Content-Length": "1" } } })),
  "The connection string can't be read: …": () => errorOf(() => new CommunicationIdentityClient("contoso")),
  "… can't be used: …. Write ….": () =>
    errorOf(
      () =>
        new CommunicationIdentityClient(connectionString, { proxyOptions: { host: "socks5://p", port: 1 } }),
    ),
  "tlsOptions can't be read (…). Write ca, cert and key in PEM, or pfx as bytes, with the passphrase that they need.":
    () => errorOf(() => new CommunicationIdentityClient(connectionString, { tlsOptions: { pfx: "no" } })),
  "The server on … closed the connection (…). Did it stop, or was a fault injected? If it speaks https, write https:// in the endpoint":
    () => explanationOf("http://127.0.0.1/", "ECONNRESET"),
  "The service responded with a redirect, which isn't followed.": async () => {
    const { platformTransport } = await import("../../src/pipeline/platformTransport.web.js");
    const redirect = { status: 0, headers: createHttpHeaders() };
    const send = platformTransport(new URL("https://a.example"), {});
    return errorOf(() =>
      send(createPipelineRequest({ url: "https://a.example" }), async (request) => ({
        ...redirect,
        request,
      })),
    );
  },
  "The transport returned a response with ….": () =>
    errorOf(() =>
      new CommunicationIdentityClient(connectionString, {
        httpClient: { sendRequest: async () => ({}) as never },
      }).createUser(),
    ),
  "The credential returned no Entra ID token. Is it signed in?": () =>
    fromCredential(testEndpoint, async () => null),
  "The credential's Entra ID token has characters that don't fit into a header.": () =>
    fromCredential(testEndpoint, async () => ({ token: "ä", expiresOnTimestamp: Date.now() + 60 * minute })),
  "An Entra ID token can be sent over plain http only to a loopback host.": () => {
    const policy = bearerTokenPolicy({ getToken: async () => null }, "https://communication.azure.com");
    const request = createPipelineRequest({ url: "http://a.example", allowInsecureConnection: true });
    return errorOf(() => policy.sendRequest(request, async () => expect.fail("it was sent")));
  },
  "An emulator is already running on …. …, or choose another port": () =>
    errorOf(() =>
      fromEmulator({}, async (url) => {
        throw new Error(await fromEmulator({ port: Number(new URL(url).port) }));
      }),
    ),
  "… must be a …; it is ….": () =>
    errorOf(() => new CommunicationIdentityClient(undefined as unknown as string)),
  "If it comes from an environment variable, is that set?": () =>
    errorOf(() => new CommunicationIdentityClient("")),
  "'accesskey' is missing. A shell ends an unquoted value at `;`: put the whole string in single quotes":
    () => errorOf(() => new CommunicationIdentityClient(`endpoint=${testEndpoint}`)),
  "The access key is not base64. Copy the connection string again.": () =>
    errorOf(() => new CommunicationIdentityClient(`endpoint=${testEndpoint};accesskey=dummy!`)),
  "'accesskey' is still a placeholder": () =>
    errorOf(() => new CommunicationIdentityClient(`endpoint=${testEndpoint};accesskey=<key>`)),
  "The endpoint can't be used: …": () =>
    errorOf(() => new CommunicationIdentityClient("http://a.example", new AzureKeyCredential(testKey))),
  "The user must be { communicationUserId: id }": () =>
    fromFake((client) => client.getToken({} as typeof user, ["voip"])),
  '… needs apiVersion "…" or later; this client has "…".': () =>
    fromFake((_, { connectionString, httpClient }) =>
      new CommunicationIdentityClient(connectionString, {
        httpClient,
        apiVersion: "2021-03-07",
      }).createUserAndToken(["voip"], { tokenExpiresInMinutes: 60 }),
    ),
  "The credential gave no new Entra ID token: …": async () => {
    const warning = vi.spyOn(logger, "warning").mockImplementation(() => {});
    vi.useFakeTimers({ toFake: ["Date"] });
    const { endpoint, httpClient, createTokenCredential } = createFakeIdentityService();
    const own = createTokenCredential();
    const getToken = vi
      .fn(own.getToken.bind(own))
      .mockImplementationOnce(async (...args) => ({
        token: (await own.getToken(...args))?.token ?? "",
        expiresOnTimestamp: Date.now() + minute,
        refreshAfterTimestamp: Date.now(),
      }))
      .mockRejectedValue(new Error("offline"));
    const client = new CommunicationIdentityClient(endpoint, { getToken }, { httpClient });
    await client.createUser();
    vi.setSystemTime(Date.now() + 1000);
    await client.createUser();
    vi.useRealTimers();
    await expect.poll(() => warning.mock.calls.flat().join()).not.toBe("");
    return warning.mock.calls.flat().join();
  },
  "… was not signed by this service: …. Sign in at …, its own Entra ID authority, or run it with --loose":
    () => {
      const claims = { aud: "https://communication.azure.com", iss: "https://sts.windows.net/x/", exp: 4e9 };
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const token = `${part({ alg: "RS256", kid: "x" })}.${part(claims)}.eA`;
      return fromFake((_, { endpoint, httpClient }) =>
        new CommunicationIdentityClient(
          endpoint,
          { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 60 * minute }) },
          { httpClient },
        ).createUser(),
      );
    },
  "… damaged in line …: …. The file was left unchanged: correct the line, or move the file away to start without its users":
    () => {
      const data = join(temporaryFolder(), "state");
      writeFileSync(data, "no JSON\n");
      return fromEmulator({ data });
    },
  "another emulator or program has … open": () => {
    const data = join(temporaryFolder(), "state");
    return errorOf(() =>
      fromEmulator({ data }, async () => {
        throw new Error(await fromEmulator({ data }));
      }),
    );
  },
  "it isn't a regular file": () => {
    const data = join(temporaryFolder(), "folder");
    mkdirSync(data);
    return fromEmulator({ data });
  },
  "it has more than one name (hard links)": () => {
    const data = join(temporaryFolder(), "state");
    writeFileSync(data, "");
    linkSync(data, `${data}2`);
    return fromEmulator({ data });
  },
  "Nothing was changed: … can't be written: …": () =>
    fromDisk((disk) => {
      disk.capacity = disk.usedBytes;
    }),
  "Nothing was changed, but a restart may find this change, unless a later one is saved before: …": () =>
    fromDisk((disk) => disk.failFrom("datasync", "EIO")),
  "… couldn't be compacted, so it stays as it is: …": async () => {
    const disk = await bloatedDisk();
    disk.fail("EPERM", "rename");
    return fromDisk(() => {}, disk);
  },
  "… another program deleted or changed this file. Everything is saved again": () => {
    const data = join(temporaryFolder(), "state");
    return fromEmulator({ data }, async (url) => {
      rmSync(data);
      const credential = new AzureKeyCredential(createFakeIdentityService().accessKey);
      await new CommunicationIdentityClient(url, credential).createUser();
    });
  },
  "… lacks … of the … users in the options, which count for a new file and for a reset": async () => {
    const data = join(temporaryFolder(), "state");
    await fromEmulator({ data });
    return fromEmulator({ data, users: [{ customId: "alice" }] });
  },
  "A client speaks https to this port, and the emulator http: start it with --https": () =>
    fromEmulator({}, async (url) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write(Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 0]));
      await new Promise((closed) => socket.on("close", closed).resume());
    }),
  "The Host … isn't this emulator's.": () => adminRefusal(request({}, "a.example"), "127.0.0.1") ?? "",
  "The Origin isn't the emulator's own": () =>
    adminRefusal(request({ origin: "https://a.example" }), "127.0.0.1") ?? "",
  "The request comes from a page of another origin": () =>
    adminRefusal(request({ "sec-fetch-site": "cross-site" }), "127.0.0.1") ?? "",
  'Pass the http of msw: import { http } from "msw"; identityHandlers(service, http)': () =>
    errorOf(() => identityHandlers(createFakeIdentityService(), {} as never)),
  "An injected fault sent this response": () =>
    fromFake((client, service) => {
      service.failNext({ status: 503 });
      return client.createUser();
    }),
};

describe("TROUBLESHOOTING.md", () => {
  it("explains each error of the client and of the refresher", () => {
    // The page may cut a text short, and name a part that varies in the source.
    const isExplained = (written: string) =>
      explained.some(({ text }) => messagePattern(text).test(written) || messagePattern(written).test(text));
    expect(writtenErrors().filter((written) => !isExplained(written))).toEqual([]);
  });

  const own = explained.filter(({ of }) => of === undefined).map(({ text }) => text);

  it.each(own)("explains a message that this package writes: %s", async (text) => {
    expect(await provoked[text]?.()).toMatch(messagePattern(text));
  });

  it("explains each message that is provoked here", () => {
    expect(Object.keys(provoked).filter((text) => !own.includes(text))).toEqual([]);
  });
});
