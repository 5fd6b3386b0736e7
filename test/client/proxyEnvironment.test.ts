// The environment variables of proxies. Core reads NO_PROXY once in a process, so this file has a process of its own.
import { createServer } from "node:http";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../src/index.js";
import { closer, listen, startServer } from "../helpers/server.js";
import { testKey, userBody } from "../helpers/values.js";

const names = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

beforeEach(() => {
  for (const name of names) vi.stubEnv(name, undefined);
});
beforeAll(() => () => vi.unstubAllEnvs());

/** A proxy for plain http, and what it was asked for. */
async function startProxy(): Promise<{ url: string; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const proxy = createServer((incoming, outgoing) => {
    asked.push(incoming.url);
    outgoing.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(userBody));
  });
  onTestFinished(closer(proxy));
  return { url: `http://127.0.0.1:${await listen(proxy)}`, asked };
}

function clientOf(endpoint: string): CommunicationIdentityClient {
  return new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
}

describe("a proxy of the environment", () => {
  it("isn't used for what NO_PROXY names", async () => {
    const { url, asked } = await startProxy();
    vi.stubEnv("HTTPS_PROXY", url);
    vi.stubEnv("NO_PROXY", "other.example, .skipped.invalid");
    await expect(clientOf("http://host.skipped.invalid").createUser()).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
    expect(asked).toEqual([]);
  });

  it.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"])(
    "is found in %s",
    async (name) => {
      const { url, asked } = await startProxy();
      vi.stubEnv(name, url);
      await clientOf("http://host.invalid").createUser();
      expect(asked).toEqual([expect.stringContaining("http://host.invalid/identities?")]);
    },
  );

  it("isn't used for a loopback host", async () => {
    const { url, asked } = await startProxy();
    vi.stubEnv("HTTPS_PROXY", url);
    const server = await startServer(() => ({ status: 201, body: userBody }));
    await clientOf(server.origin).createUser();
    expect([asked.length, server.requests.length]).toEqual([0, 1]);
  });

  it("that the first of these variables names is taken", async () => {
    const [first, second] = [await startProxy(), await startProxy()];
    vi.stubEnv("HTTPS_PROXY", first.url);
    vi.stubEnv("ALL_PROXY", second.url);
    await clientOf("http://host.invalid").createUser();
    expect([first.asked.length, second.asked.length]).toEqual([1, 0]);
  });
});
