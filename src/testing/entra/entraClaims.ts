import type { Claims } from "../tokens/jwt.js";
import type { Application, DirectoryUser } from "./principals.js";

/** The contents of an access token. */
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
  /** Whether the client authenticated. */
  readonly isConfidential?: boolean;
}

/**
 * Returns the claims that Entra issues. Tokens for Microsoft's resources, including ACS, have version 1.0, and
 * tokens for applications of the directory have version 2.0.
 */
export function accessTokenClaims(content: AccessTokenContent): Claims {
  const { audience, authorityHost, tenantId, objectId, clientId, issuedAt, expiresAt, user } = content;
  const isVersion2 = !audience.includes(":");
  const issuer = `${authorityHost}/${tenantId}/`;
  const acr = content.isConfidential ? "1" : "0";
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
    sub: objectId,
    tid: tenantId,
    ver: isVersion2 ? "2.0" : "1.0",
    ...(content.capabilities ? { xms_cc: content.capabilities } : {}),
  };
}

/** Returns the claims of an ID token. Times are seconds since 1970. */
export function idTokenClaims(content: {
  readonly authorityHost: string;
  readonly application: Application;
  readonly user: DirectoryUser;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly nonce?: string | undefined;
}): Claims {
  const { authorityHost, application, user, issuedAt, expiresAt, nonce } = content;
  return {
    aud: application.clientId,
    iss: `${authorityHost}/${user.tenantId}/v2.0`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresAt,
    name: user.name,
    ...(nonce === undefined ? {} : { nonce }),
    oid: user.objectId,
    preferred_username: user.username,
    sub: user.objectId,
    tid: user.tenantId,
    ver: "2.0",
  };
}
