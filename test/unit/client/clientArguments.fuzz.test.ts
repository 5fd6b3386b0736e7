import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AzureKeyCredential, CommunicationIdentityClient } from "../../../src/index.js";
import { startServer } from "../../helpers/server.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { isWellSigned } from "../../helpers/wireSignature.js";
import { bounded } from "../../load/trust/helpers/bounded.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const entra = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };
const created = { status: 201, body: { identity: { id: "8:acs:x" } } };

describe("an endpoint in an unusual form", () => {
  it.each(["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]"])("may be an IPv6 literal: %s", async (host) => {
    const server = await startServer(() => created, { host: "::1" });
    for (const credential of [new AzureKeyCredential(key), entra] as AzureKeyCredential[]) {
      const client = new CommunicationIdentityClient(`http://${host}:${server.port}`, credential);
      await expect(client.createUser()).resolves.toEqual({ communicationUserId: "8:acs:x" });
    }
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0] && isWellSigned(server.requests[0], key)).toBe(true);
  });

  it.each(["2130706433", "127.1", "0x7f.1", "127.0.0.1.", "LOCALHOST", "127.0.0.1"])(
    "may be another spelling of this machine's address: %s",
    async (host) => {
      const server = await startServer(() => created);
      const endpoint = `http://${host}:${server.port}`;
      await new CommunicationIdentityClient(endpoint, new AzureKeyCredential(key)).createUser();
      expect(server.requests[0] && isWellSigned(server.requests[0], key)).toBe(true);
    },
  );
});

describe("any endpoint", () => {
  const parts = [..."@:/\\?#%[].a1\tü", "localhost", "127.0.0.1"];
  const junk = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 8 });
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
    await fc.assert(property, bounded(500));
    expect(used).toBeGreaterThan(10);
  });
});
