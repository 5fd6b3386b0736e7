import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { AzureCommunicationTokenCredential as NewCredential } from "communication-common-2.5";
import { describe } from "vitest";
import { createTokenRefresher, type TokenRefresher } from "../../src/refresher/index.js";
import { credentialTests } from "./credentialTests.js";
import { refresherTests } from "./refresherTests.js";

refresherTests(createTokenRefresher);

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
});
