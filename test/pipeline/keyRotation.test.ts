import { randomBytes } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import * as nodeBuild from "../../src/index.js";
import { startServer } from "../helpers/server.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { isWellSigned } from "../helpers/wireSignature.js";
import { loadBrowserBuild } from "../trust/helpers/browserClient.js";

const user = { communicationUserId: "8:acs:x" };
const builds = { "node:crypto": async () => nodeBuild, WebCrypto: loadBrowserBuild };

describe.each(["node:crypto", "WebCrypto"] as const)(
  "a key that is replaced under load (%s)",
  async (name) => {
    const build = await builds[name]();

    it("signs each request entirely with either the old or the new one", async () => {
      const keys = Array.from({ length: 6 }, () => randomBytes(64).toString("base64"));
      const [first = ""] = keys;
      const server = await startServer((_, count) => ({ status: count % 5 === 0 ? 503 : 204 }));
      const credential = new build.AzureKeyCredential(first);
      const client = new build.CommunicationIdentityClient(server.origin, credential, {
        retryOptions: { maxRetries: 40, retryDelayInMs: 1, maxRetryDelayInMs: 4 },
      });
      let left = 1200;
      const lane = async () => {
        while (left-- > 0) {
          if (left % 200 === 100) credential.update(keys[Math.floor(left / 200)] ?? first);
          await client.revokeTokens(user);
        }
      };
      await Promise.all(Array.from({ length: 24 }, lane));

      expect(server.requests.length).toBeGreaterThan(1400);
      const used = new Map<string, number>();
      for (const request of server.requests) {
        const matching = keys.filter((key) => isWellSigned(request, key));
        expect(matching).toHaveLength(1);
        for (const key of matching) used.set(key, (used.get(key) ?? 0) + 1);
      }
      expect([...used.keys()].toSorted()).toEqual(keys.toSorted());
    });

    it("signs no request whose signature was begun with it", async () => {
      const [old, next] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
      const credential = new build.AzureKeyCredential(old);
      const httpClient = stubTransport({ status: 204 });
      const client = new build.CommunicationIdentityClient("https://a.example", credential, { httpClient });
      vi.spyOn(credential, "key", "get").mockImplementationOnce(() => {
        queueMicrotask(() => credential.update(next));
        return old;
      });
      await client.revokeTokens(user);
      expect(httpClient.sent.map((request) => isWellSigned(request, next))).toEqual([true]);
    });

    it("isn't used again once update has returned", async () => {
      const [old, next] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
      const server = await startServer((_, count) => ({ status: count === 1 ? 500 : 204 }));
      const credential = new build.AzureKeyCredential(old);
      const client = new build.CommunicationIdentityClient(server.origin, credential, {
        retryOptions: { retryDelayInMs: 1000 },
      });
      const retried = client.revokeTokens(user);
      await expect.poll(() => server.requests.length, { interval: 5 }).toBe(1);
      credential.update(next);
      await Promise.all([retried, client.revokeTokens(user)]);
      expect(server.requests.map((request) => isWellSigned(request, next))).toEqual([false, true, true]);
    });
  },
);
