// Runs Microsoft's unmodified sign-in libraries against a fake service's authority, without a network or a server.
import { ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import { ConfidentialClientApplication, type Configuration } from "@azure/msal-node";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient } from "../../../src/index.js";
import { createFakeIdentityService, type FakeIdentityService } from "../../../src/testing/index.js";
import { makeSelfSigned } from "../../helpers/certificates.js";

function azureOptions({ entra, httpClient }: FakeIdentityService) {
  return { authorityHost: entra.authorityHost, disableInstanceDiscovery: true, httpClient };
}

function secretCredential(service: FakeIdentityService, changes: Record<string, string> = {}) {
  const { tenantId, clientId, clientSecret } = { ...service.entra, ...changes };
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    ...azureOptions(service),
    retryOptions: { maxRetries: 0 },
  });
}

function clientOf(service: FakeIdentityService, credential = secretCredential(service)) {
  return new CommunicationIdentityClient(service.endpoint, credential, {
    httpClient: service.httpClient,
    retryOptions: { maxRetries: 0 },
  });
}

/** Creates an unmodified msal-node client whose requests go to the fake. */
function confidentialClient(service: FakeIdentityService, changes: { clientSecret?: string } = {}) {
  const { authorityHost, tenantId, clientId, clientSecret } = { ...service.entra, ...changes };
  const send = async (url: string, init: RequestInit) => {
    const response = await service.fetch(new Request(url, init));
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.json(),
    };
  };
  const networkClient: NonNullable<NonNullable<Configuration["system"]>["networkClient"]> = {
    sendGetRequestAsync: (url) => send(url, {}),
    sendPostRequestAsync: (url, options) => send(url, { method: "POST", ...options } as RequestInit),
  };
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority: `${authorityHost}/${tenantId}`,
      knownAuthorities: [new URL(authorityHost).host],
    },
    system: { networkClient },
  });
}

describe("@azure/identity", () => {
  it("signs an application in with its secret, and the service accepts the token", async () => {
    const service = createFakeIdentityService();
    const { user, token } = await clientOf(service).createUserAndToken(["voip"]);
    expect(user.communicationUserId).toMatch(/^8:acs:/);
    expect(await service.inspectToken(token)).toMatchObject({ valid: true });
  });

  it.each([
    ["a wrong secret", { clientSecret: "wrong" }, /AADSTS7000215/],
    [
      "an unknown tenant",
      { tenantId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01" },
      /AADSTS90002|endpoints_resolution/,
    ],
    ["an unknown application", { clientId: "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01" }, /AADSTS700016/],
  ])("reports %s", async (_, changes, words) => {
    const service = createFakeIdentityService();
    const call = clientOf(service, secretCredential(service, changes)).createUser();
    await expect(call).rejects.toThrow(words);
  });

  it("gets a token that the service rejects if the role is missing", async () => {
    const service = createFakeIdentityService();
    service.entra.setApplication({ clientId: service.entra.clientId, hasRole: false });
    await expect(clientOf(service).createUser()).rejects.toMatchObject({ statusCode: 401, code: "Denied" });
    expect(service.requests.at(-1)?.diagnosis).toMatch(/^The application \S+ has no role on this resource/);
  });

  it("signs an application in with a registered certificate", async () => {
    const { cert, key } = makeSelfSigned();
    const service = createFakeIdentityService();
    const { tenantId, clientId } = service.entra;
    const credential = new ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate: `${key}\n${cert}` },
      azureOptions(service),
    );
    const call = () => credential.getToken("https://communication.azure.com/.default");
    await expect(call()).rejects.toThrow(/AADSTS700027/);
    service.entra.setApplication({ clientId, certificates: [cert] });
    expect((await call()).token).toMatch(/^ey/);
  });
});

describe("@azure/msal-node", () => {
  const scopes = ["https://auth.msft.communication.azure.com/Teams.ManageCalls"];

  it("gets a token for an application, and one on behalf of a user that the service exchanges", async () => {
    const service = createFakeIdentityService();
    const app = confidentialClient(service);
    const resource = ["https://communication.azure.com//.default"];
    const own = await app.acquireTokenByClientCredential({ scopes: resource });
    expect(own?.accessToken).toMatch(/^ey/);

    const alice = service.entra.users[0]?.objectId ?? "";
    const credential = service.createTokenCredential({ objectId: alice });
    const assertion = (await credential.getToken(`${service.entra.clientId}/access_as_user`))?.token ?? "";
    const onBehalf = await app.acquireTokenOnBehalfOf({ oboAssertion: assertion, scopes });
    expect(onBehalf?.account?.username).toBe("alice@contoso.com");
    const client = new CommunicationIdentityClient(service.connectionString, {
      httpClient: service.httpClient,
    });
    const exchanged = await client.getTokenForTeamsUser({
      teamsUserAadToken: onBehalf?.accessToken ?? "",
      clientId: service.entra.clientId,
      userObjectId: onBehalf?.uniqueId ?? "",
    });
    expect(await service.inspectToken(exchanged.token)).toMatchObject({ valid: true });
  });

  it("distinguishes missing consent from other failures", async () => {
    const service = createFakeIdentityService();
    const { clientId } = service.entra;
    service.entra.setApplication({ clientId, permissions: [] });
    const token = await service
      .createTokenCredential({ objectId: service.entra.users[0]?.objectId ?? "" })
      .getToken(`${clientId}/access_as_user`);
    const call = confidentialClient(service).acquireTokenOnBehalfOf({
      oboAssertion: token?.token ?? "",
      scopes,
    });
    await expect(call).rejects.toMatchObject({
      name: "InteractionRequiredAuthError",
      subError: "consent_required",
      errorMessage: expect.stringContaining("AADSTS65001"),
    });
    const wrong = confidentialClient(service, { clientSecret: "wrong" });
    await expect(
      wrong.acquireTokenByClientCredential({ scopes: ["https://communication.azure.com/.default"] }),
    ).rejects.toThrow(/AADSTS7000215/);
  });
});

describe("the exchange of a Teams token", () => {
  const appId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";

  it("rejects a user without a Teams license", async () => {
    const service = createFakeIdentityService();
    const client = new CommunicationIdentityClient(service.connectionString, {
      httpClient: service.httpClient,
    });
    const exchange = async (userObjectId: string) =>
      client.getTokenForTeamsUser({
        teamsUserAadToken: await service.createTeamsUserToken({ appId, userId: userObjectId }),
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
    const service = createFakeIdentityService();
    const client = new CommunicationIdentityClient(service.connectionString, {
      httpClient: service.httpClient,
    });
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
