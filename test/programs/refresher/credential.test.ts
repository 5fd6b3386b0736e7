// The refresher with version 2.5 of Microsoft's credential, which takes the expiry from it. It says that it needs Node 22, and
// runs on 20, too.
import { pathToFileURL } from "node:url";
import { createTokenRefresher, type TokenRefresher } from "acs-identity/refresher";
import { describe, expect, it, onTestFinished } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { requireTools } from "../../helpers/tools.js";
import { type Credential, credentialTests } from "../../unit/refresher/cases/credentialTests.js";

interface Options extends Pick<TokenRefresher, "tokenRefresher"> {
  readonly refreshProactively: boolean;
}

const installed = await requireTools(new URL("../../helpers/communicationCommon/", import.meta.url));
const {
  AzureCommunicationTokenCredential,
}: { AzureCommunicationTokenCredential: new (options: Options) => Credential } = await import(
  pathToFileURL(installed.resolve("newest")).href
);

describe("communication-common 2.5", () => {
  const create = ({ tokenRefresher }: TokenRefresher, refreshProactively: boolean) =>
    new AzureCommunicationTokenCredential({ tokenRefresher, refreshProactively });
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
