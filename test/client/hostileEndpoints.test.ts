import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AzureKeyCredential,
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
} from "../../src/index.js";
import { startServer } from "../helpers/server.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { isWellSigned } from "../helpers/wireSignature.js";
import { bounded } from "../trust/helpers/bounded.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const entra = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };
const created = { status: 201, body: { identity: { id: "8:acs:x" } } };

const refusedEndpoints = [
  "https://user@my-resource.communication.azure.com",
  "https://user:secret-words@my-resource.communication.azure.com",
  "https://:secret-words@my-resource.communication.azure.com",
  "https://my-resource.communication.azure.com@evil.example/x",
  "https://my-resource.communication.azure.com/path",
  "https://my-resource.communication.azure.com//",
  "https://my-resource.communication.azure.com?secret-words",
  "https://my-resource.communication.azure.com/?api-version=1",
  "https://my-resource.communication.azure.com#secret-words",
  "ftp://my-resource.communication.azure.com",
  "file:///etc/passwd",
  "httpx://my-resource.communication.azure.com",
  "javascript:alert(1)",
  "data:text/plain,x",
  "ws://127.0.0.1",
  "my-resource.communication.azure.com",
  "//my-resource.communication.azure.com",
  "https://",
  "https:///",
  "https://a b",
  "https://a%00b",
  "https://[::1",
  "https://[fe80::1%25eth0]",
  "https://a:99999",
  "https://xn--",
  "",
  " ",
  "http://my-resource.communication.azure.com",
  "HTTP://my-resource.communication.azure.com",
  "http://localhost.evil.example",
  "http://127.0.0.1.evil.example",
  "http://evil-localhost",
  "http://localhost.",
  "http://[::ffff:127.0.0.1]",
  "http://[::2]",
  "http://0.0.0.0",
  "http://10.0.0.1",
  "http://128.0.0.1",
];

describe("an endpoint that isn't an origin, or uses plain HTTP to another machine,", () => {
  it.each(refusedEndpoints)("is rejected by the constructor: %s", (endpoint) => {
    for (const construct of [
      () => new CommunicationIdentityClient(endpoint, new AzureKeyCredential(key)),
      () => new CommunicationIdentityClient(endpoint, entra),
      () => new CommunicationIdentityClient(`endpoint=${endpoint};accesskey=${key}`),
    ]) {
      expect(construct).toThrow(TypeError);
      expect(construct).not.toThrow(/secret-words/);
    }
  });
});

describe("an endpoint in an unusual form", () => {
  it.each(["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]"])("works as an IPv6 literal: %s", async (host) => {
    const server = await startServer(() => created, { host: "::1" });
    for (const credential of [new AzureKeyCredential(key), entra] as AzureKeyCredential[]) {
      const client = new CommunicationIdentityClient(`http://${host}:${server.port}`, credential);
      await expect(client.createUser()).resolves.toEqual({ communicationUserId: "8:acs:x" });
    }
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0] && isWellSigned(server.requests[0], key)).toBe(true);
  });

  it.each(["2130706433", "127.1", "0x7f.1", "127.0.0.1.", "LOCALHOST", "127.0.0.1"])(
    "works as another spelling of this machine's address: %s",
    async (host) => {
      const server = await startServer(() => created);
      const endpoint = `http://${host}:${server.port}`;
      await new CommunicationIdentityClient(endpoint, new AzureKeyCredential(key)).createUser();
      expect(server.requests[0] && isWellSigned(server.requests[0], key)).toBe(true);
    },
  );

  it.each([
    ["https://bücher.example", "xn--bcher-kva.example"],
    ["https://my-resource.communication.azure.com.", "my-resource.communication.azure.com."],
    ["https://my-resource.communication.azure.com:443/", "my-resource.communication.azure.com"],
    ["https://MY-Resource.communication.azure.com:8443", "my-resource.communication.azure.com:8443"],
    [" https://my-resource.communication.azure.com\n", "my-resource.communication.azure.com"],
    ["https://\u0430zure.example", "xn--zure-43d.example"],
  ])("is normalized as the URL standard says: %s", async (endpoint, host) => {
    const httpClient = stubTransport(created);
    await new CommunicationIdentityClient(endpoint, new AzureKeyCredential(key), { httpClient }).createUser();
    const [sent] = httpClient.sent;
    expect(new URL(sent?.url ?? "").host).toBe(host);
    expect(sent && isWellSigned(sent, key)).toBe(true);
  });
});

describe("any endpoint", () => {
  const junk = fc.array(
    fc.constantFrom(
      "@",
      ":",
      "/",
      "\\",
      "?",
      "#",
      "%",
      "[",
      "]",
      ".",
      "localhost",
      "127.0.0.1",
      "a",
      "1",
      "\t",
      "ü",
    ),
    { minLength: 1, maxLength: 8 },
  );
  const endpoint = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ["https", "http", "ftp"] }),
    fc
      .tuple(fc.constantFrom("https://", "http://", "https:", "http:\\\\", ""), junk)
      .map(([scheme, parts]) => scheme + parts.join("")),
  );

  it("is rejected with a TypeError, or requests go only to its origin", async () => {
    let used = 0;
    const property = fc.asyncProperty(endpoint, async (text) => {
      const httpClient = stubTransport(created);
      let client: CommunicationIdentityClient;
      try {
        client = new CommunicationIdentityClient(text, new AzureKeyCredential(key), { httpClient });
      } catch (error) {
        expect((error as Error).constructor).toBe(TypeError);
        return;
      }
      used++;
      await client.createUser();
      const { origin, protocol, username } = new URL(text);
      expect(httpClient.sent[0]?.url).toBe(`${origin}/identities?api-version=2023-10-01`);
      expect(username).toBe("");
      expect(
        protocol === "https:" || /^http:\/\/(?:.*\.)?(?:localhost|127\.\d+\.\d+\.\d+)(?::|$)/.test(origin),
      ).toBe(true);
    });
    await fc.assert(property, bounded(2000));
    expect(used).toBeGreaterThan(10);
  });
});

describe("an unknown option", () => {
  it.each([
    { endpoint: "https://evil.example" },
    { baseUrl: "https://evil.example" },
    { host: "evil.example" },
    { url: "https://evil.example" },
    { $host: "https://evil.example" },
  ])("doesn't send requests to another host: %o", async (options) => {
    const httpClient = stubTransport(created);
    const given: CommunicationIdentityClientOptions = { httpClient, ...options };
    await new CommunicationIdentityClient(
      "https://a.example",
      new AzureKeyCredential(key),
      given,
    ).createUser();
    expect(httpClient.sent[0]?.url).toMatch(/^https:\/\/a\.example\//);
  });
});
