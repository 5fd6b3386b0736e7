// What no other test of Microsoft's libraries has: test/emulator/entra/libraries.test.ts runs them over HTTPS.
import { ClientCertificateCredential } from "@azure/identity";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { createFakeIdentityService } from "../../../src/testing/index.js";
import { makeSelfSigned } from "../../helpers/certificates.js";

describe("@azure/identity", () => {
  it("signs an application in with a registered certificate", async () => {
    const { cert, key } = makeSelfSigned();
    const service = createFakeIdentityService();
    const { tenantId, clientId, authorityHost } = service.entra;
    const credential = new ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate: `${key}\n${cert}` },
      { authorityHost, disableInstanceDiscovery: true, httpClient: service.httpClient },
    );
    const call = () => credential.getToken("https://communication.azure.com/.default");
    await expect(call()).rejects.toThrow(/AADSTS700027/);
    service.entra.setApplication({ clientId, certificates: [cert] });
    expect((await call()).token).toMatch(/^ey/);
  });
});

describe("the exchange of a Teams token", () => {
  const appId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";

  const setUp = () => {
    const service = createFakeIdentityService();
    const { connectionString, httpClient } = service;
    return { service, client: new CommunicationIdentityClient(connectionString, { httpClient }) };
  };

  it("rejects a user without a Teams license", async () => {
    const { service, client } = setUp();
    const exchange = async (userObjectId: string) =>
      client.getTokenForTeamsUser({
        teamsUserAadToken: await service.createTeamsUserToken({ clientId: appId, userObjectId }),
        clientId: appId,
        userObjectId,
      });
    const [alice, bob] = service.entra.users;
    await exchange(alice?.objectId ?? "");
    await expect(exchange(bob?.objectId ?? "")).rejects.toMatchObject({ statusCode: 403, code: "Forbidden" });
    expect(service.requests.at(-1)?.diagnosis).toBe("The user has no Teams license");
  });

  it.each([
    ["another service", "https://graph.microsoft.com/User.Read", /token is meant for .*graph/],
    [
      "another purpose",
      "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
      /token has none of the scopes Teams\.ManageCalls, Teams\.ManageChats/,
    ],
  ])("rejects a token for %s", async (_, scope, diagnosis) => {
    const { service, client } = setUp();
    const objectId = service.entra.users[0]?.objectId ?? "";
    const token = await service.createTokenCredential({ objectId, clientId: appId }).getToken(scope);
    const exchange = { teamsUserAadToken: token?.token ?? "", clientId: appId, userObjectId: objectId };
    await expect(client.getTokenForTeamsUser(exchange)).rejects.toMatchObject({
      statusCode: 401,
      code: "InvalidAccessToken",
    });
    expect(service.requests.at(-1)?.diagnosis).toMatch(diagnosis);
  });
});
