// Mistakes that developers make on their own machines, reproduced with real sockets.
import { createServer as createHttpServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../../src/emulator/index.js";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type RestError,
  type RestErrorInfo,
} from "../../../src/index.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { freePort } from "../../helpers/freePort.js";
import { recordLog } from "../../helpers/log.js";
import { expectNoSecret, rejectionOf } from "../../helpers/secrets.js";
import { serve } from "../../helpers/server.js";
import { testKey, user } from "../../helpers/values.js";

const transports = [
  ["node:http", {}],
  ["undici", { httpClient: createUndiciHttpClient() }],
] as const;

describe.each(transports)("over %s, a call", (_, options) => {
  const failureAt = async (
    endpoint: string,
    more: CommunicationIdentityClientOptions = {},
  ): Promise<RestError & { attempts?: number }> => {
    const credential = new AzureKeyCredential(testKey);
    const client = new CommunicationIdentityClient(endpoint, credential, { ...options, ...more });
    return (await rejectionOf(() => client.createUser())) as RestError;
  };

  it("to a local port that nothing listens on suggests starting the emulator, and isn't retried", async () => {
    const port = await freePort();
    expect(await failureAt(`http://127.0.0.1:${port}`)).toMatchObject({
      name: "RestError",
      code: "ECONNREFUSED",
      attempts: 1,
      message: `Nothing listens on 127.0.0.1:${port}. Is the emulator running? Start it with: npx --no-install acs-identity emulator --port ${port}`,
    });
  });

  it.each(["http://127.0.0.1:1", "https://service.invalid"])(
    "through a proxy that isn't running names the proxy, and is retried: %s",
    async (endpoint) => {
      const port = await freePort();
      const error = await failureAt(endpoint, {
        proxyOptions: { host: "http://127.0.0.1", port, username: "me", password: "a-secret-of-the-proxy" },
        retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
      });
      expect(error).toMatchObject({
        name: "RestError",
        code: "ECONNREFUSED",
        attempts: 2,
        message: `Nothing listens on 127.0.0.1:${port}, the address of the proxy. Check proxyOptions, or HTTPS_PROXY and NO_PROXY.`,
      });
      expectNoSecret(error, "a-secret-of-the-proxy");
    },
  );

  it("that uses HTTPS with a plain HTTP server says so", async () => {
    const server = createHttpServer((_request, response) => response.end());
    const port = await serve(server);
    expect(await failureAt(`https://127.0.0.1:${port}`)).toMatchObject({
      name: "RestError",
      attempts: 1,
      message: `The server on 127.0.0.1:${port} speaks http, not https: write http:// in the endpoint`,
    });
  });
});

describe("a refusal's diagnosis", () => {
  const wrongKey = new AzureKeyCredential(btoa("another key than the service has"));

  it("follows the service's message, in the same words with the fake as with the emulator", async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const fake = createFakeIdentityService();
    const lines = recordLog("warning");
    const failureOf = async (endpoint: string, options: CommunicationIdentityClientOptions) => {
      const client = new CommunicationIdentityClient(endpoint, wrongKey, {
        ...options,
        clockCorrection: false,
      });
      return (await rejectionOf(() => client.getToken(user, ["voip"]))) as RestError & RestErrorInfo;
    };
    for (const { message, details } of [
      await failureOf(emulator.url, {}),
      await failureOf(fake.endpoint, { httpClient: fake.httpClient }),
    ]) {
      const diagnosis = details?.emulatorDiagnosis ?? "";
      expect(diagnosis).toMatch(/^The signature doesn't match/);
      expect(message).toBe(`Denied by the resource provider. (Emulator: ${diagnosis})`);
    }
    expect(lines).toEqual(Array(2).fill(expect.stringMatching(/failed: RestError 401 Denied, [^:]*$/)));
  });

  it("is omitted if the service's message says what is wrong", async () => {
    const { connectionString, httpClient } = createFakeIdentityService();
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const { message } = await rejectionOf(() => client.createUserAndToken([]));
    expect(message).toBe("Invalid scopes - Scopes field is required.");
  });
});
