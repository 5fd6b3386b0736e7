import type { Claims } from "../../jwt/jwt.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import { base64Url, sha256 } from "../../wire/bytes.js";

/** How a client authenticated. A public client doesn't. */
export type ClientProof = "none" | "secret" | "certificate";

export interface AccessTokenContent {
  readonly audience: string;
  /** `https://host`, without a slash. */
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly objectId: string;
  readonly clientId: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Delegated permissions. Absent for an application that acts on its own behalf. */
  readonly permissions?: readonly string[];
  /** The capabilities that the client declared, such as `cp1`. */
  readonly capabilities?: readonly string[];
  readonly user?: Pick<DirectoryUser, "username" | "name">;
  /** How the client authenticated. */
  readonly proof: ClientProof;
}

const acrByProof: Readonly<Record<ClientProof, string>> = { none: "0", secret: "1", certificate: "2" };

/** Makes each token differ, also from one of the same second. */
const createUti = () => base64Url(crypto.getRandomValues(new Uint8Array(16)));

/**
 * Returns the claims that Entra issues. Tokens for Microsoft's resources, including ACS, have version 1.0, and
 * tokens for applications of the directory have version 2.0.
 */
export async function accessTokenClaims(content: AccessTokenContent): Promise<Claims> {
  const { audience, authorityHost, tenantId, objectId, clientId, issuedAt, expiresAt, user } = content;
  const isVersion2 = !audience.includes(":");
  const issuer = `${authorityHost}/${tenantId}/`;
  const acr = acrByProof[content.proof];
  return {
    aud: audience,
    iss: isVersion2 ? `${issuer}v2.0` : issuer,
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresAt,
    ...(isVersion2 ? { azp: clientId, azpacr: acr } : { appid: clientId, appidacr: acr }),
    idtyp: content.permissions ? "user" : "app",
    ...(user ? { name: user.name, [isVersion2 ? "preferred_username" : "upn"]: user.username } : {}),
    oid: objectId,
    ...(content.permissions ? { scp: content.permissions.join(" ") } : { roles: [] }),
    sub: content.permissions ? await pairwiseSubject(objectId, isVersion2 ? audience : clientId) : objectId,
    tid: tenantId,
    uti: createUti(),
    ver: isVersion2 ? "2.0" : "1.0",
    ...(content.capabilities ? { xms_cc: content.capabilities } : {}),
  };
}

/** What an ID token says. */
export interface IdTokenContent {
  /** `https://host`, without a slash. */
  readonly authorityHost: string;
  readonly application: Application;
  readonly user: DirectoryUser;
  /** The scopes of OpenID Connect, which decide what the application learns. */
  readonly openId: readonly string[];
  readonly nonce?: string | undefined;
  /** The authorization code that is sent beside the ID token. */
  readonly code?: string | undefined;
}

export async function idTokenClaims(
  content: IdTokenContent,
  issuedAt: number,
  expiresAt: number,
): Promise<Claims> {
  const { authorityHost, application, user, openId, nonce, code } = content;
  return {
    aud: application.clientId,
    iss: `${authorityHost}/${user.tenantId}/v2.0`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresAt,
    ...(nonce !== undefined && { nonce }),
    ...(code !== undefined && { c_hash: base64Url((await sha256(code)).slice(0, 16)) }),
    ...(openId.includes("profile") && { oid: user.objectId, preferred_username: user.username }),
    ...profileClaims(user, openId),
    sub: await pairwiseSubject(user.objectId, application.clientId),
    tid: user.tenantId,
    uti: createUti(),
    ver: "2.0",
  };
}

/** The claims of ID tokens. */
export const supportedClaims: readonly string[] =
  "sub iss aud exp iat nbf nonce c_hash name preferred_username oid tid uti ver email".split(" ");

/** Returns what the scopes let an application learn of a user, from an ID token as well as from the UserInfo endpoint. */
export function profileClaims({ name, email }: DirectoryUser, openId: readonly string[]): Claims {
  return {
    ...(openId.includes("profile") && { name }),
    ...(openId.includes("email") && email !== "" && { email }),
  };
}

/** Returns a user's id at one application, from which others can't tell who it is. It is the same in every fake and emulator. */
async function pairwiseSubject(objectId: string, clientId: string): Promise<string> {
  return base64Url(await sha256(`${objectId} ${clientId}`));
}
