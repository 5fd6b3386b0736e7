import type { ServiceCore } from "../serviceCore.js";
import { base64Url, utf8 } from "../wire/bytes.js";
import { accessTokenClaims, idTokenClaims } from "./entraClaims.js";
import { consentRequired, moreThanOneResource } from "./entraError.js";
import type { TokenRequest } from "./grants.js";
import { signJwt } from "./jwtSignature.js";
import { grantedPermissions, type RequestedResource, type RequestedScopes } from "./permissions.js";
import type { Application, DirectoryUser } from "./principals.js";

const tokenLifetimeInSeconds = 3600;
const refreshTokenLifetimeInSeconds = 90 * 24 * 3600;

/** What the token endpoint answers, in OAuth's spelling. */
export interface TokenResponse {
  readonly token_type: "Bearer";
  readonly scope?: string;
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly client_info?: string;
}

/** Whom tokens are for, and what for. */
export interface UserGrant {
  readonly application: Application;
  readonly user: DirectoryUser;
  readonly scopes: RequestedScopes;
  /** The same as the client wrote it. */
  readonly scope: string;
  readonly nonce?: string | undefined;
  readonly isConfidential: boolean;
}

export async function applicationTokens(
  core: ServiceCore,
  { authorityHost, form }: TokenRequest,
  { clientId, objectId, tenantId }: Application,
  audience: string,
): Promise<TokenResponse> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const claims = accessTokenClaims({
    audience,
    authorityHost,
    tenantId,
    objectId,
    clientId,
    issuedAt,
    expiresAt: issuedAt + tokenLifetimeInSeconds,
    isConfidential: true,
    ...capabilitiesOf(form),
  });
  return {
    token_type: "Bearer",
    expires_in: tokenLifetimeInSeconds,
    ext_expires_in: tokenLifetimeInSeconds,
    access_token: await signJwt(await core.issuer.key(), claims),
  };
}

/** @throws EntraError when there is no consent, or more than one resource. */
export async function userTokens(
  core: ServiceCore,
  { authorityHost, form }: TokenRequest,
  grant: UserGrant,
): Promise<TokenResponse> {
  const { application, user, scopes, isConfidential } = grant;
  const key = await core.issuer.key();
  const [resource = userInfo, another] = scopes.resources;
  if (another) throw moreThanOneResource(grant.scope);
  const permissions = consentedPermissions(resource, application);
  const now = Math.floor(Date.now() / 1000);
  // The service judges a Teams token by its own time, which a test may have moved.
  const issuedAt = isForTeams(permissions) ? Math.floor(core.clock.time / 1000) : now;
  const { clientId } = application;
  const accessToken = accessTokenClaims({
    audience: resource.audience,
    authorityHost,
    tenantId: user.tenantId,
    objectId: user.objectId,
    clientId,
    issuedAt,
    expiresAt: issuedAt + tokenLifetimeInSeconds,
    permissions,
    user,
    isConfidential,
    ...capabilitiesOf(form),
  });
  const idToken = idTokenClaims({
    authorityHost,
    application,
    user,
    issuedAt: now,
    expiresAt: now + tokenLifetimeInSeconds,
    nonce: grant.nonce,
  });
  const refreshToken = {
    use: "refresh",
    clientId,
    objectId: user.objectId,
    scope: grant.scope,
    exp: now + refreshTokenLifetimeInSeconds,
    // Entra gives another one each time.
    jti: crypto.randomUUID(),
  };
  const { openId } = scopes;
  return {
    token_type: "Bearer",
    scope: grantedScope(resource, permissions, openId),
    expires_in: tokenLifetimeInSeconds,
    ext_expires_in: tokenLifetimeInSeconds,
    access_token: await signJwt(key, accessToken),
    ...(openId.includes("offline_access") ? { refresh_token: await signJwt(key, refreshToken) } : {}),
    ...(openId.includes("openid") ? { id_token: await signJwt(key, idToken) } : {}),
    client_info: base64Url(utf8(JSON.stringify({ uid: user.objectId, utid: user.tenantId }))),
  };
}

/** Where nothing but a sign-in is asked for, Entra's token is good for asking who the user is. */
const userInfo: RequestedResource = {
  audience: "https://graph.microsoft.com",
  resource: "api",
  permissions: ["openid", "profile"],
  scopes: [],
};

/** @throws EntraError when one of them lacks consent. */
export function consentedPermissions(
  resource: RequestedResource,
  { clientId, name, permissions: consented }: Application,
): readonly string[] {
  const permissions = grantedPermissions(resource, consented);
  if (!permissions) throw consentRequired(clientId, name);
  return permissions;
}

/** Whether it is a token for `getTokenForTeamsUser`. */
function isForTeams(permissions: readonly string[]): boolean {
  return permissions.some((permission) => permission.startsWith("Teams."));
}

/** MSAL looks for the scopes that it asked for, `.default` included. */
function grantedScope(
  { audience, scopes }: RequestedResource,
  permissions: readonly string[],
  openId: readonly string[],
): string {
  const granted = permissions.map((permission) => `${audience}/${permission}`);
  return [...new Set([...scopes, ...granted, ...openId])].join(" ");
}

/** What the client can do, which it says in the parameter `claims`. */
function capabilitiesOf(form: URLSearchParams): { capabilities?: readonly string[] } {
  try {
    const claims = JSON.parse(form.get("claims") ?? "{}") as {
      access_token?: { xms_cc?: { values?: unknown } };
    };
    const values = claims.access_token?.xms_cc?.values;
    return Array.isArray(values) ? { capabilities: values.map(String) } : {};
  } catch {
    return {};
  }
}
