// Installed is version 2.5 of communication-common, which supports Node 22 and later.
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { createTokenRefresher, type TokenRefresher } from "acs-identity/refresher";
import { credentialTests } from "../../unit/refresher/cases/credentialTests.js";
import { refresherTests } from "../../unit/refresher/cases/refresherTests.js";

refresherTests(createTokenRefresher);

const create = ({ tokenRefresher }: TokenRefresher, refreshProactively: boolean) =>
  // The types are those of 2.4, whose refresher returns the token alone.
  new AzureCommunicationTokenCredential({ tokenRefresher: tokenRefresher as never, refreshProactively });
credentialTests(createTokenRefresher, create, true);
