// Core reads NO_PROXY once per process, so these tests need a file of their own, which gets its own process.
import { createServer } from "node:http";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { expectNoSecret, thrownBy } from "../../helpers/secrets.js";
import { serve, startServer } from "../../helpers/server.js";
import { testKey, userBody } from "../../helpers/values.js";

const names = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

beforeEach(() => {
  for (const name of names) vi.stubEnv(name, undefined);
});

/** Starts a proxy for plain HTTP and records the URLs that are requested from it. */
async function startProxy(): Promise<{ url: string; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const proxy = createServer((incoming, outgoing) => {
    asked.push(incoming.url);
    outgoing.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(userBody));
  });
  return { url: `http://127.0.0.1:${await serve(proxy)}`, asked };
}

function clientOf(endpoint: string): CommunicationIdentityClient {
  return new CommunicationIdentityClient(endpoint, new AzureKeyCredential(testKey), {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
}

describe("a proxy from the environment", () => {
  it.each([
    ["proxy.example:3128", "it doesn't begin with http:// or https://"],
    ["socks5://hunter2@proxy.example:1080", "it doesn't begin with http:// or https://"],
    ["http://hunter2@[", "its host or port can't be read"],
    ["http://hunter2@proxy.example:http", "its host or port can't be read"],
  ])("whose URL is %s is refused with the reason and a URL to write, but isn't shown", (url, reason) => {
    vi.stubEnv("HTTPS_PROXY", url);
    const error = thrownBy(() => clientOf("https://host.invalid"));
    expectNoSecret(error, "hunter2");
    expect(error.message).toBe(
      `The environment variable HTTPS_PROXY can't be used: ${reason}. Write http://<host>:<port>, or http://<user>:<password>@<host>:<port> with percent-encoded credentials.`,
    );
  });

  it("isn't used for hosts in NO_PROXY", async () => {
    const { url, asked } = await startProxy();
    vi.stubEnv("HTTPS_PROXY", url);
    vi.stubEnv("NO_PROXY", "other.example, .skipped.invalid");
    await expect(clientOf("http://host.skipped.invalid").createUser()).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ["NO_PROXY", "no_proxy", "other.example"],
    ["no_proxy", "NO_PROXY", ""],
  ])("isn't used if %s contains * and %s is %j", async (name, other, value) => {
    const { url, asked } = await startProxy();
    vi.stubEnv("HTTPS_PROXY", url);
    vi.stubEnv(other, value);
    vi.stubEnv(name, "other.example, *");
    await expect(clientOf("http://host.invalid").createUser()).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
    expect(asked).toEqual([]);
  });

  it("isn't used for a loopback host", async () => {
    const { url, asked } = await startProxy();
    const server = await startServer(() => ({ status: 201, body: userBody }));
    for (const each of [url, "socks5://proxy.example:1080"]) {
      vi.stubEnv("HTTPS_PROXY", each);
      await clientOf(server.origin).createUser();
    }
    expect([asked.length, server.requests.length]).toEqual([0, 2]);
  });
});
