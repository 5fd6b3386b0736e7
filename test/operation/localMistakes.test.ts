// Mistakes that developers make on their own machines, reproduced with real sockets.
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  type RestError,
} from "../../src/index.js";
import { createUndiciHttpClient } from "../../src/undici/index.js";
import { freePort } from "../helpers/freePort.js";
import { expectNoSecret, rejectionOf } from "../helpers/secrets.js";
import { testKey, user } from "../helpers/values.js";

const transports = [
  ["node:http", {}],
  ["undici", { httpClient: createUndiciHttpClient() }],
] as const;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

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
    const port = await listen(createHttpServer((_request, response) => response.end()));
    expect(await failureAt(`https://127.0.0.1:${port}`)).toMatchObject({
      name: "RestError",
      attempts: 1,
      message: `The server on 127.0.0.1:${port} speaks http, not https: write http:// in the endpoint`,
    });
  });
});

describe("the emulator's diagnosis", () => {
  const lines: string[] = [];
  const otherKey = Buffer.from("another key than the emulator has").toString("base64");

  async function refusalOf(emulator: Emulator, url = emulator.url): Promise<RestError> {
    const log = AzureLogger.log;
    AzureLogger.log = (...parts: unknown[]) => lines.push(parts.join(" "));
    setLogLevel("warning");
    const client = new CommunicationIdentityClient(url, new AzureKeyCredential(otherKey), {
      clockCorrection: false,
      allowInsecureConnection: true,
    });
    const error = await rejectionOf(() => client.getToken(user, ["voip"]));
    setLogLevel(undefined);
    AzureLogger.log = log;
    return error as RestError;
  }

  it("is in the warning and in error.details", async () => {
    const emulator = await startEmulator();
    cleanUps.push(() => emulator.close());
    lines.length = 0;
    const { details } = await refusalOf(emulator);
    expect(details).toMatchObject({
      emulatorDiagnosis: expect.stringContaining("The signature doesn't match"),
    });
    expect(lines).toEqual([
      expect.stringMatching(/failed: RestError 401 Denied.*\. Emulator: The signature/),
    ]);
  });

  it("is accepted only from loopback hosts, and reduced to printable ASCII", async () => {
    const headers = { "x-ms-emulator-diagnosis": "caf\u00e9 \u001b[31m" };
    for (const [endpoint, expected] of [
      ["https://a.example", undefined],
      ["http://127.0.0.1", "caf? ?[31m"],
    ] as const) {
      const client = new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey), {
        httpClient: {
          sendRequest: async (request) => ({
            request,
            status: 403,
            headers: createHttpHeaders(headers),
            bodyAsText: "",
          }),
        },
      });
      const { details } = (await rejectionOf(() => client.createUser())) as RestError;
      expect((details as { emulatorDiagnosis?: string }).emulatorDiagnosis).toBe(expected);
    }
  });
});
