// Mistakes that developers make on their own machines, reproduced with real sockets.
import { createServer as createHttpServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type RestError,
} from "../../src/index.js";
import { createUndiciHttpClient } from "../../src/undici/index.js";
import { freePort } from "../helpers/freePort.js";
import { recordLog } from "../helpers/log.js";
import { expectNoSecret, rejectionOf } from "../helpers/secrets.js";
import { serve } from "../helpers/server.js";
import { testKey, user } from "../helpers/values.js";

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

describe("the emulator's diagnosis", () => {
  it("is in error.details, and not in the warning", async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const lines = recordLog("warning");
    const key = new AzureKeyCredential(Buffer.from("another key than the emulator has").toString("base64"));
    const client = new CommunicationIdentityClient(emulator.url, key, { clockCorrection: false });
    const { details } = (await rejectionOf(() => client.getToken(user, ["voip"]))) as RestError;
    expect(details).toMatchObject({
      emulatorDiagnosis: expect.stringContaining("The signature doesn't match"),
    });
    expect(lines).toEqual([expect.stringMatching(/failed: RestError 401 Denied, [^:]*$/)]);
  });
});
