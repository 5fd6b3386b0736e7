import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { AzureCommunicationTokenCredential as NewCredential } from "communication-common-2.5";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { createTokenRefresher, type TokenRefresher } from "../../../src/refresher/index.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { credentialTests } from "./credentialTests.js";
import { refresherTests } from "./refresherTests.js";

refresherTests(createTokenRefresher);

it("a timer keeps a Node process alive only while somebody waits", async () => {
  const set = vi.spyOn(globalThis, "setTimeout");
  const isAlive = () => set.mock.results.at(-1)?.value.hasRef();
  const answers = [
    async () => ({ token: "one", expiresInSeconds: 3600 }),
    () => new Promise<never>(() => {}),
  ];
  const refresher = createTokenRefresher({ fetchToken: () => answers.shift()?.() ?? expect.fail() });
  await refresher.getToken();
  expect(isAlive()).toBe(false);
  refresher.retry();
  const asked = refresher.getToken();
  expect(isAlive()).toBe(true);
  refresher.stop();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
});

describe("communication-common 2.4", () => {
  const create = (refresher: TokenRefresher, refreshProactively: boolean) =>
    new AzureCommunicationTokenCredential({
      tokenRefresher: async () => (await refresher.tokenRefresher()).token,
      refreshProactively,
    });
  credentialTests(createTokenRefresher, create, false);
});

describe("communication-common 2.5", () => {
  const create = ({ tokenRefresher }: TokenRefresher, refreshProactively: boolean) =>
    new NewCredential({ tokenRefresher, refreshProactively });
  credentialTests(createTokenRefresher, create, true);

  it("gets a token that nobody can decode from the token refresher", async () => {
    const service = createFakeIdentityService({ encryptedTokens: true });
    const { connectionString, httpClient } = service;
    const client = new CommunicationIdentityClient(connectionString, { httpClient });
    const user = await client.createUser();
    const refresher = createTokenRefresher({ fetchToken: () => client.getToken(user, ["voip"]) });
    const credential = create(refresher, false);
    onTestFinished(() => {
      credential.dispose();
      refresher.stop();
    });
    const { token, expiresOnTimestamp } = await credential.getToken();
    expect(token.split(".")).toHaveLength(5);
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
    expect(await service.inspectToken(token)).toMatchObject({ valid: true, encrypted: true });
  });
});
