import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import * as nodeBuild from "../../../src/index.js";
import { stubTransport } from "../../helpers/stubTransport.js";
import { isWellSigned } from "../../helpers/wireSignature.js";
import { loadBrowserBuild } from "../../load/trust/helpers/browserClient.js";

const user = { communicationUserId: "8:acs:x" };
const builds = { "node:crypto": async () => nodeBuild, WebCrypto: loadBrowserBuild };

describe.each(["node:crypto", "WebCrypto"] as const)(
  "a key that is replaced under load (%s)",
  async (name) => {
    const build = await builds[name]();

    it("signs each request entirely with either the old or the new one", async () => {
      const keys = Array.from({ length: 6 }, () => randomBytes(64).toString("base64"));
      const [first = ""] = keys;
      let count = 0;
      const { sent, ...httpClient } = stubTransport(async () => {
        const status = ++count % 5 === 0 ? 503 : 204;
        await new Promise(setImmediate);
        return { status };
      });
      const credential = new build.AzureKeyCredential(first);
      const client = new build.CommunicationIdentityClient("https://a.example", credential, {
        httpClient,
        retryOptions: { maxRetries: 40, retryDelayInMs: 1, maxRetryDelayInMs: 4 },
      });
      let left = 300;
      const lane = async () => {
        while (left-- > 0) {
          if (left % 50 === 25) credential.update(keys[Math.floor(left / 50)] ?? first);
          await client.revokeTokens(user);
        }
      };
      await Promise.all(Array.from({ length: 24 }, lane));

      expect(sent.length).toBeGreaterThan(350);
      const used = sent.map((request) => keys.filter((key) => isWellSigned(request, key)));
      expect(used.filter(({ length }) => length !== 1)).toEqual([]);
      expect([...new Set(used.flat())].toSorted()).toEqual(keys.toSorted());
    });

    it("isn't used again once update has returned", async () => {
      const [old, next] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
      const credential = new build.AzureKeyCredential(old);
      const replace = () => {
        credential.update(next);
        return { status: 500 };
      };
      const httpClient = stubTransport(replace, { status: 204 });
      const retryOptions = { retryDelayInMs: 1 };
      const options = { httpClient, retryOptions };
      const client = new build.CommunicationIdentityClient("https://a.example", credential, options);
      await client.revokeTokens(user);
      await client.revokeTokens(user);
      expect(httpClient.sent.map((request) => isWellSigned(request, next))).toEqual([false, true, true]);
    });
  },
);
