import { createPipelineRequest, type PipelinePolicy } from "@azure/core-rest-pipeline";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  createCommunicationAccessKeyCredentialPolicy,
} from "../../../src/index.js";
import { logger } from "../../../src/logger.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { startServer, type WireRequest } from "../../helpers/server.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { testKey, tokenBody, user } from "../../helpers/values.js";

const polluted: string[] = [];

function pollute(name: string, value: unknown): void {
  polluted.push(name);
  Object.defineProperty(Object.prototype, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function clean(): void {
  for (const name of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, name);
}

afterEach(clean);

/** Whatever calls it has taken something from the prototype. */
const trap = vi.fn(() => {
  throw new Error("This came from a polluted prototype.");
});
const proxy = { host: "http://127.0.0.1", port: 1 };
const assignment = { principalType: "user" };

/** What a polluted prototype may add: each option, and each member that Azure Core reads from what it is given. */
const additions: Readonly<Record<string, unknown>> = {
  apiVersion: "2021-03-07",
  clockCorrection: false,
  httpClient: { sendRequest: trap },
  additionalPolicies: [{ policy: { name: "attacker", sendRequest: trap }, position: "perCall" }],
  agent: { addRequest: trap },
  tlsOptions: { rejectUnauthorized: false },
  proxyOptions: proxy,
  host: proxy.host,
  username: "attacker",
  password: "attacker",
  retryOptions: { maxRetries: 0 },
  maxRetries: 0,
  retryDelayInMs: 1e9,
  maxRetryDelayInMs: 0,
  loggingOptions: { logger: trap },
  logger: trap,
  logUserIds: true,
  additionalAllowedHeaderNames: ["authorization"],
  additionalAllowedQueryParameters: ["secret"],
  userAgentOptions: { userAgentPrefix: "attacker" },
  userAgentPrefix: "attacker",
  telemetryOptions: { clientRequestIdHeaderName: "x-attacker" },
  clientRequestIdHeaderName: "x-attacker",
  redirectOptions: { maxRetries: 9 },
  abortSignal: AbortSignal.abort(),
  requestOptions: { customHeaders: { "x-attacker": "1" } },
  customHeaders: { "x-attacker": "1" },
  headers: { "x-attacker": "1" },
  timeout: 1,
  shouldDeserialize: false,
  onResponse: trap,
  onUploadProgress: trap,
  onDownloadProgress: trap,
  tracingOptions: { tracingContext: { getValue: trap, setValue: trap, deleteValue: trap } },
  tokenExpiresInMinutes: 1440,
  customId: "attacker",
  requestId: "attacker",
  tlsSettings: { rejectUnauthorized: false },
  proxySettings: proxy,
  requestOverrides: { host: "attacker.invalid", createConnection: trap },
  formData: { attacker: "1" },
  multipartBody: { parts: [] },
  withCredentials: true,
  disableKeepAlive: true,
  enableBrowserStreams: true,
  authSchemes: [],
  streamResponseStatusCodes: new Set(),
  body: { attacker: "1" },
  path: ["attacker"],
  contentType: "text/plain",
  since: "2099-01-01",
  bodySince: { scopes: "2099-01-01" },
  getToken: trap,
  key: "attacker",
  signRequest: trap,
  phase: "attacker",
  afterPolicies: ["logPolicy"],
  identity: { id: "attacker" },
  accessToken: { token: "attacker" },
  clientIds: ["attacker"],
  position: "perRetry",
  tokenType: "pop",
  refreshAfterTimestamp: 1,
};

/** A request without what differs each time. */
const comparable = ({ method, target, rawHeaders, body }: WireRequest) => ({
  method,
  target,
  body,
  headers: rawHeaders
    .map(([name, value]) => {
      if (/^(?:x-ms-client-request-id|x-ms-date)$/i.test(name)) return name;
      return `${name}: ${value.replace(/Signature=.*/, "")}`;
    })
    .toSorted(),
});

describe("a polluted Object.prototype", () => {
  // All at once, since what one adds shows in the calls whatever the others are.
  it.each(["node:http", "undici"])("adds nothing to the calls over %s", async (transport) => {
    // Each call is retried once.
    const server = await startServer((_, count) =>
      count % 2 === 1
        ? { status: 503, headers: { "retry-after": "0" } }
        : { status: 200, body: { ...tokenBody, ...assignment, tenantId: "t", objectId: "o" } },
    );
    const log = vi.spyOn(logger, "info");
    const connectionString = `endpoint=${server.origin};accesskey=${testKey}`;
    const own = transport === "undici" ? { httpClient: createUndiciHttpClient() } : undefined;
    const getEntraToken = vi.fn(async () => ({
      token: "entra-token",
      expiresOnTimestamp: Date.now() + 3.6e6,
    }));
    const call = async () => {
      let times = 0;
      const client = new CommunicationIdentityClient(connectionString, own);
      const token = await client.getToken(user, ["voip"]);
      const second = await client.getToken(user, ["voip"], { requestOptions: {} });
      const policy: PipelinePolicy = {
        name: "perCall",
        sendRequest(request, next) {
          request.headers.set("x-times", `${++times}`);
          return next(request);
        },
      };
      const options = { ...own, additionalPolicies: [{ policy }] as never };
      const other = new CommunicationIdentityClient(server.origin, { getToken: getEntraToken }, options);
      return [token, second, await other.upsertTeamsExtensionAssignment("t", "o", assignment)];
    };
    const tokens = await call();
    const lines = log.mock.calls.length;
    const requests = server.requests.map(comparable);
    trap.mockClear();
    for (const [name, value] of Object.entries(additions)) pollute(name, value);
    const tokensAfter = await call().finally(clean);
    expect(tokensAfter).toEqual(tokens);
    expect(trap).not.toHaveBeenCalled();
    expect(server.requests.slice(requests.length).map(comparable)).toEqual(requests);
    expect(getEntraToken).toHaveBeenCalledTimes(2);
    expect(log.mock.calls).toHaveLength(2 * lines);
    expect(log.mock.calls.join()).not.toContain("HMAC-SHA256");
  });

  it("doesn't allow plain HTTP", () => {
    pollute("allowInsecureConnection", true);
    for (const options of [undefined, {}]) {
      const construct = () =>
        new CommunicationIdentityClient("http://a.example", new AzureKeyCredential("pw=="), options);
      expect(construct).toThrow(/plain http/);
    }
  });

  it("adds no user to an argument", async () => {
    const httpClient = stubTransport({ status: 204 });
    const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
      httpClient,
    });
    pollute("communicationUserId", "8:acs:attacker");
    await expect(client.revokeTokens({} as typeof user)).rejects.toThrow("The user must be");
    expect(httpClient.sent).toEqual([]);
  });

  it("doesn't turn off the clock correction of a signing policy", async () => {
    const httpClient = stubTransport({ status: 401, headers: { date: new Date(0).toUTCString() } });
    pollute("clockCorrection", false);
    const policy = createCommunicationAccessKeyCredentialPolicy(new AzureKeyCredential(testKey), {});
    clean();
    await policy.sendRequest(createPipelineRequest({ url: "https://a.example" }), httpClient.sendRequest);
    expect(httpClient.sent).toHaveLength(2);
  });

  it("adds no dispatcher and no proxy to a transport on undici", async () => {
    const server = await startServer(() => ({ status: 200, body: tokenBody }));
    pollute("dispatcher", { dispatch: trap });
    pollute("maxResponseBodyInBytes", 1);
    const httpClient = createUndiciHttpClient({});
    clean();
    const client = new CommunicationIdentityClient(`endpoint=${server.origin};accesskey=${testKey}`, {
      httpClient,
    });
    pollute("proxy", new URL(`${proxy.host}:${proxy.port}`));
    expect((await client.getToken(user, ["voip"])).token).toBe(tokenBody.token);
  });

  it("adds no member to a response", async () => {
    const httpClient = stubTransport({ status: 200, body: "{}" }, { status: 400, body: "{}" });
    const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
      httpClient,
    });
    pollute("token", "attacker");
    pollute("expiresOn", "2030-01-01T00:00:00Z");
    pollute("error", { code: "attacker" });
    await expect(client.getToken(user, ["voip"])).rejects.toMatchObject({ code: "PARSE_ERROR" });
    await expect(client.getToken(user, ["voip"])).rejects.toMatchObject({ details: {}, statusCode: 400 });
  });

  it("adds no header to a request", async () => {
    const httpClient = stubTransport({ status: 201, body: '{"identity":{"id":"8:acs:x"}}' });
    const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
      httpClient,
    });
    pollute("x-injected", "1");
    await client.createUser({ requestOptions: { customHeaders: { "x-mine": "1" } } });
    const [request] = httpClient.sent;
    expect(request?.headers["x-mine"]).toBe("1");
    expect(Object.keys(request?.headers ?? {})).not.toContain("x-injected");
  });
});

describe("options", () => {
  it("may be instances of a class with getters, or inherit defaults", async () => {
    class Options {
      get tokenExpiresInMinutes() {
        return 60;
      }
    }
    const httpClient = stubTransport({ status: 200, body: tokenBody });
    const defaults = Object.assign(Object.create(null), { httpClient });
    const client = new CommunicationIdentityClient(
      "https://a.example",
      new AzureKeyCredential(testKey),
      Object.create(Object.create(defaults)),
    );
    await client.getToken(user, ["voip"], new Options());
    expect(httpClient.sent[0]?.body).toBe('{"scopes":["voip"],"expiresInMinutes":60}');
  });
});

describe("a response", () => {
  it.each(["__proto__", "constructor", "toString"])("pollutes nothing through %s", async (name) => {
    const hostile = { [name]: { polluted: true }, code: "x", innererror: { [name]: { polluted: true } } };
    const text = JSON.stringify({ error: hostile, [name]: { polluted: true } });
    for (const answer of [
      { status: 400, body: text },
      { status: 201, body: text },
    ]) {
      const httpClient = stubTransport(answer);
      const client = new CommunicationIdentityClient("https://a.example", new AzureKeyCredential("pw=="), {
        httpClient,
      });
      const error: unknown = await client.createUser().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect((error as { details?: { error?: object } }).details?.error ?? {}).not.toHaveProperty("polluted");
    }
  });
});
