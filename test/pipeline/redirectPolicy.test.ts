import { describe, expect, it } from "vitest";
import type * as nodeBuild from "../../src/index.js";
import { sameOriginRedirectPolicy } from "../../src/pipeline/redirectPolicy.js";
import { answer, newRequest, url } from "../helpers/policyRequests.js";
import { startServer } from "../helpers/server.js";
import { isWellSigned } from "../helpers/wireSignature.js";
import { loadTransport, transportNames } from "../trust/helpers/transports.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const teams = { teamsUserAadToken: "token-of-a-teams-user", clientId: "a", userObjectId: "u" };
const token = { token: "forged", expiresOn: "2030-01-02T03:04:05Z" };

describe.each(transportNames)("a redirect over %s", async (transport) => {
  const { build, options: own } = await loadTransport(transport);

  it.each([301, 302, 303, 307, 308])("with %i to another origin sends nothing there", async (status) => {
    const elsewhere = await startServer(() => ({ status: 200, body: token }));
    for (const location of [
      `${elsewhere.origin}/teamsUser/:exchangeAccessToken`,
      elsewhere.origin.replace("http:", ""),
      elsewhere.origin.replace("127.0.0.1", "localhost"),
    ]) {
      const server = await startServer(() => ({ status, headers: { location } }));
      const credentials = [
        new build.AzureKeyCredential(key),
        { getToken: async () => ({ token: "entra", expiresOnTimestamp: Date.now() + 3_600_000 }) },
      ];
      for (const credential of credentials as nodeBuild.AzureKeyCredential[]) {
        const options = { ...own, redirectOptions: { maxRetries: 5 }, retryOptions: { maxRetries: 0 } };
        const client = new build.CommunicationIdentityClient(server.origin, credential, options);
        await expect(client.getTokenForTeamsUser(teams)).rejects.toMatchObject({ name: "RestError" });
      }
      expect(server.requests).toHaveLength(2);
    }
    expect(elsewhere.requests).toEqual([]);
  });

  it("to the same origin is signed anew, on Node", async () => {
    if (transport === "fetch") return;
    const server = await startServer((_, count) =>
      count === 1 ? { status: 307, headers: { location: "/elsewhere?x=1" } } : { status: 200, body: token },
    );
    const credential = new build.AzureKeyCredential(key);
    const client = new build.CommunicationIdentityClient(server.origin, credential, own);
    await client.getTokenForTeamsUser(teams);
    expect(server.requests.map((request) => isWellSigned(request, key))).toEqual([true, true]);
  });

  it("to a file, a script or nothing at all is an error", async () => {
    for (const location of [
      "file:///etc/passwd",
      "javascript:1",
      "data:application/json,{}",
      "http://",
      "",
      "//",
    ]) {
      const server = await startServer(() => ({ status: 307, headers: { location } }));
      const client = new build.CommunicationIdentityClient(
        server.origin,
        new build.AzureKeyCredential(key),
        own,
      );
      await expect(client.getTokenForTeamsUser(teams)).rejects.toMatchObject({ name: "RestError" });
      expect(server.requests.length).toBeLessThanOrEqual(2);
    }
  });
});

describe("the redirect policy", () => {
  async function follow(status: number, location: string | undefined, maxRetries?: number) {
    const urls: string[] = [];
    const request = newRequest();
    const policy = sameOriginRedirectPolicy(maxRetries === undefined ? {} : { maxRetries });
    const response = await policy.sendRequest(request, async (sent) => {
      urls.push(sent.url);
      const given =
        urls.length === 1 ? answer(status, location === undefined ? {} : { location }) : answer(200);
      return { ...given, request: sent };
    });
    return { urls, status: response.status };
  }

  it("with 307 is followed to the same origin", async () => {
    expect(await follow(307, "/b")).toEqual({ urls: [url, "https://a.example/b"], status: 200 });
  });

  it.each([
    [301, "/b"],
    [302, "/b"],
    [308, "/b"],
    [200, "/b"],
    [307, undefined],
    [307, "http://["],
    [307, "https://b.example/b"],
    [307, "http://a.example/b"],
    [307, "https://a.example:444/b"],
  ])("with %i to %s isn't followed", async (status, location) => {
    expect(await follow(status, location)).toEqual({ urls: [url], status });
  });

  it("isn't followed with maxRetries 0, and only once with more", async () => {
    expect(await follow(307, "/b", 0)).toEqual({ urls: [url], status: 307 });
    let count = 0;
    const response = await sameOriginRedirectPolicy({ maxRetries: 9 }).sendRequest(
      newRequest(),
      async (sent) => {
        count++;
        return { ...answer(307, { location: "/b" }), request: sent };
      },
    );
    expect({ count, status: response.status }).toEqual({ count: 2, status: 307 });
  });
});
