import { describe, expect, it } from "vitest";
import type * as nodeBuild from "../../../src/index.js";
import { startServer } from "../../helpers/server.js";
import { loadTransport, transportNames } from "../../load/trust/helpers/transports.js";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const teams = { teamsUserAadToken: "token-of-a-teams-user", clientId: "a", userObjectId: "u" };
const token = { token: "forged", expiresOn: "2030-01-02T03:04:05Z" };

describe.each(transportNames)("a redirect over %s", async (transport) => {
  const { build, options: own } = await loadTransport(transport);

  it.each([300, 301, 302, 303, 307, 308])("with %i to another origin sends nothing there", async (status) => {
    const elsewhere = await startServer(() => ({ status: 200, body: token }));
    const spellings = [
      `${elsewhere.origin}/teamsUser/:exchangeAccessToken`,
      elsewhere.origin.replace("http:", ""),
      elsewhere.origin.replace("127.0.0.1", "localhost"),
      elsewhere.origin.replace("//", "//name:word@"),
      `${elsewhere.origin.replace("http:", "")}\\@`,
    ];
    for (const location of status === 307 ? spellings : spellings.slice(0, 1)) {
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

  it("to the same origin isn't followed either, and the error names the target without its query", async () => {
    const server = await startServer(() => ({ status: 307, headers: { location: "/elsewhere?x=1" } }));
    const credential = new build.AzureKeyCredential(key);
    const options = { ...own, redirectOptions: { maxRetries: 5 } };
    const client = new build.CommunicationIdentityClient(server.origin, credential, options);
    await expect(client.getTokenForTeamsUser(teams)).rejects.toMatchObject({
      statusCode: 307,
      message: expect.stringContaining(`a redirect to ${server.origin}/elsewhere, which isn't followed`),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("to a file, a script or nothing at all is an error", async () => {
    for (const location of [
      "file:///etc/passwd",
      "javascript:1",
      "data:application/json,{}",
      "http://",
      "http://[",
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
      expect(server.requests).toHaveLength(1);
    }
  });
});
