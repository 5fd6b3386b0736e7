import type { Configuration } from "@azure/msal-node";
import type { FakeIdentityService } from "acs-identity/testing";

type NetworkModule = NonNullable<NonNullable<Configuration["system"]>["networkClient"]>;

export interface SignedInUser {
  readonly tenantId: string;
  readonly clientId: string;
  readonly objectId: string;
}

/** Stands for Entra ID where msal-node meets the network: everything before that point is msal's own code. */
export function createEntraStub(service: FakeIdentityService, user: SignedInUser): NetworkModule {
  const authority = `https://login.microsoftonline.com/${user.tenantId}`;
  const answer = (url: string): object => {
    const { pathname } = new URL(url);
    if (pathname.endsWith("/devicecode")) return deviceCode(authority);
    if (pathname.endsWith("/token")) return tokens(service, user, authority);
    if (pathname.endsWith("/.well-known/openid-configuration")) return openIdConfiguration(authority);
    throw new Error(`The stub of Entra ID has no ${pathname}`);
  };
  return {
    sendGetRequestAsync: async <T>(url: string) => ({ status: 200, headers: {}, body: answer(url) as T }),
    sendPostRequestAsync: async <T>(url: string) => ({ status: 200, headers: {}, body: answer(url) as T }),
  };
}

function openIdConfiguration(authority: string): object {
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
}

function deviceCode(authority: string): object {
  return {
    device_code: "device-code-of-the-stub",
    user_code: "STUB0CODE",
    verification_uri: `${authority}/device`,
    expires_in: 900,
    interval: 0,
    message: `Open ${authority}/device and enter STUB0CODE.`,
  };
}

function tokens(service: FakeIdentityService, user: SignedInUser, authority: string): object {
  const { tenantId, clientId, objectId } = user;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: `${authority}/v2.0`, aud: clientId, tid: tenantId, oid: objectId, sub: objectId };
  return {
    token_type: "Bearer",
    scope: "https://auth.msft.communication.azure.com/Teams.ManageCalls",
    expires_in: 3600,
    access_token: service.createTeamsUserToken({ appId: clientId, userId: objectId, expiresInMinutes: 60 }),
    id_token: unsignedJwt({ ...claims, preferred_username: "alice@contoso.com", iat: now, exp: now + 3600 }),
    client_info: base64Url({ uid: objectId, utid: tenantId }),
  };
}

function unsignedJwt(claims: object): string {
  return `${base64Url({ alg: "none", typ: "JWT" })}.${base64Url(claims)}.`;
}

function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
