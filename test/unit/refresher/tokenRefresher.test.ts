import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { describe, expect, it, vi } from "vitest";
import { createTokenRefresher, type TokenRefresher } from "../../../src/refresher/index.js";
import { credentialTests } from "./cases/credentialTests.js";
import { refresherTests } from "./cases/refresherTests.js";

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

// test/programs/refresher has the tests with 2.5, which needs Node 22, so that `npm ci` on Node 20 would warn about it.
describe("communication-common 2.4", () => {
  const create = (refresher: TokenRefresher, refreshProactively: boolean) =>
    new AzureCommunicationTokenCredential({
      tokenRefresher: async () => (await refresher.tokenRefresher()).token,
      refreshProactively,
    });
  credentialTests(createTokenRefresher, create, false);
});
