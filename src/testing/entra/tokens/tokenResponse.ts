import { signForOwnUse, signJwt } from "../../jwt/signingKey.js";
import type { Fake } from "../../service/fake.js";
import { graph } from "../../state/entries/permissions.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import { base64Url, utf8 } from "../../wire/bytes.js";
import { moreThanOneResource } from "../errors/entraError.js";
import { consentedPermissions } from "../request/consent.js";
import type { EntraRequest } from "../request/entraRequest.js";
import { openIdScopes, type RequestedResource, type RequestedScopes } from "../request/scopes.js";
import { accessTokenClaims, type ClientProof, type IdTokenContent, idTokenClaims } from "./entraClaims.js";

export const tokenLifetimeInSeconds = 3600;
export const refreshTokenLifetimeInSeconds: number = 90 * 24 * 3600;

/** A response of the token endpoint, in OAuth's spelling. */
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

/** The user, application and scopes that tokens are issued for. */
export interface UserGrant {
  readonly application: Application;
  readonly user: DirectoryUser;
  readonly scopes: RequestedScopes;
  /** The scopes of the refresh token, if a refresh token asks for this. @defaultValue those of the grant */
  readonly keptScope?: string;
  readonly nonce?: string | undefined;
  readonly proof: ClientProof;
}

export async function applicationTokens(
  { clock }: Fake,
  { authorityHost, parameters }: EntraRequest,
  { clientId, objectId, tenantId }: Application,
  audience: string,
  proof: ClientProof,
): Promise<TokenResponse> {
  const issuedAt = clock.wallSeconds;
  const claims = await accessTokenClaims({
    audience,
    authorityHost,
    tenantId,
    objectId,
    clientId,
    issuedAt,
    expiresAt: issuedAt + tokenLifetimeInSeconds,
    proof,
    ...declaredCapabilities(parameters),
  });
  return {
    token_type: "Bearer",
    expires_in: tokenLifetimeInSeconds,
    ext_expires_in: tokenLifetimeInSeconds,
    access_token: await signJwt(claims),
  };
}

/** @throws EntraError if there is no consent, or more than one resource. */
export async function userTokens(
  fake: Fake,
  { authorityHost, parameters }: EntraRequest,
  grant: UserGrant,
): Promise<TokenResponse> {
  const { application, user, nonce, proof } = grant;
  const { openId, resources } = grant.scopes;
  const scope = [...openId, ...resources.flatMap(({ scopes }) => scopes)].join(" ");
  const [resource = userProfile, another] = resources;
  if (another) throw moreThanOneResource(scope);
  const permissions = [
    ...consentedPermissions(fake, resource, application, user.tenantId),
    // Graph's tokens are for the user's profile, too. Those of other resources have none of these.
    ...(resource.resource === graph ? openId.filter((name) => name !== "offline_access") : []),
  ];
  const issuedAt = fake.clock.wallSeconds;
  const { clientId } = application;
  const accessToken = await accessTokenClaims({
    audience: resource.audience,
    authorityHost,
    tenantId: user.tenantId,
    objectId: user.objectId,
    clientId,
    issuedAt,
    expiresAt: issuedAt + tokenLifetimeInSeconds,
    permissions,
    user,
    proof,
    ...declaredCapabilities(parameters),
  });
  const refreshToken = {
    clientId,
    objectId: user.objectId,
    scope: grant.keptScope ?? scope,
    isConfidential: proof !== "none",
    exp: issuedAt + refreshTokenLifetimeInSeconds,
    // Entra issues a different one each time.
    jti: crypto.randomUUID(),
  };
  return {
    token_type: "Bearer",
    scope: grantedScope(resource, permissions),
    expires_in: tokenLifetimeInSeconds,
    ext_expires_in: tokenLifetimeInSeconds,
    access_token: await signJwt(accessToken),
    ...(openId.includes("offline_access") && { refresh_token: await signForOwnUse("refresh", refreshToken) }),
    ...(openId.includes("openid") && {
      id_token: await signIdToken(fake, { authorityHost, application, user, openId, nonce }),
    }),
    // MSAL asks for it, and takes the names from it. Other libraries store what they get, and may have no place for it.
    ...(parameters.get("client_info") === "1" && {
      client_info: base64Url(utf8(JSON.stringify({ uid: user.objectId, utid: user.tenantId }))),
    }),
  };
}

/** What a client gets an access token for if it requests only a sign-in: reading the user's profile. */
const userProfile: RequestedResource = { audience: graph, resource: graph, permissions: [], scopes: [] };

export async function signIdToken({ clock }: Fake, content: IdTokenContent): Promise<string> {
  const now = clock.wallSeconds;
  return signJwt(await idTokenClaims(content, now, now + tokenLifetimeInSeconds));
}

/**
 * Spells each permission as it was requested, because clients compare the two: MSAL looks for what it requested, even for
 * `.default`, and oauthlib takes another spelling for a change of scope. What consent adds follows, in Graph's short form.
 */
function grantedScope(
  { resource, audience, permissions: requested, scopes }: RequestedResource,
  permissions: readonly string[],
): string {
  const added = permissions.filter((name) => !requested.includes(name));
  const isShort = (name: string) => resource === graph || openIdScopes.includes(name);
  return [...scopes, ...added.map((name) => (isShort(name) ? name : `${audience}/${name}`))].join(" ");
}

/** Reads the client's capabilities, which it declares in the parameter `claims`. */
function declaredCapabilities(parameters: URLSearchParams): { capabilities?: readonly string[] } {
  try {
    const claims = JSON.parse(parameters.get("claims") ?? "{}") as {
      access_token?: { xms_cc?: { values?: unknown } };
    };
    const values = claims.access_token?.xms_cc?.values;
    return Array.isArray(values) ? { capabilities: values.map(String) } : {};
  } catch {
    return {};
  }
}
