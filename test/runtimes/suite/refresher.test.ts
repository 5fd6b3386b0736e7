// Communication-common 2.5 supports Node 22 and later.
import { createTokenRefresher, type TokenRefresher } from "acs-identity/refresher";
import { AzureCommunicationTokenCredential } from "communication-common-2.5";
import { credentialTests } from "../../unit/refresher/credentialTests.js";
import { refresherTests } from "../../unit/refresher/refresherTests.js";

refresherTests(createTokenRefresher);

const create = ({ tokenRefresher }: TokenRefresher, refreshProactively: boolean) =>
  new AzureCommunicationTokenCredential({ tokenRefresher, refreshProactively });
credentialTests(createTokenRefresher, create, true);
