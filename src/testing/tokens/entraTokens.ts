import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import { check } from "../check.js";
import { unsignedJwt } from "./jwt.js";

const resourceScope = "https://communication.azure.com//.default";

/** The well-known tenant, user and application of tokens that the fake service makes. */
export const wellKnownEntra = {
  tenantId: "00ac5000-7e4a-4717-8000-000000000001",
  objectId: "00ac5000-05e2-4717-8000-000000000002",
  clientId: "00ac5000-a991-4717-8000-000000000003",
} as const;

/** Whom a credential of `createTokenCredential` stands for. Each member has a well-known default. */
export interface TokenCredentialOptions {
  /** The claim `tid`, a GUID. */
  readonly tenantId?: string;
  /** The claim `oid`, a GUID: the user or service principal. */
  readonly objectId?: string;
  /** The claim `appid`, a GUID: the Entra application. */
  readonly clientId?: string;
  /** Default: 60. May be negative, for a token that has expired. */
  readonly expiresInMinutes?: number;
}

/** What a Teams user's Entra token says. */
export interface TeamsUserTokenOptions {
  /** The Entra application that asks for the exchange, a GUID. */
  readonly appId: string;
  /** The Teams user's object id, a GUID. */
  readonly userId: string;
  /** Default: 64, as in recorded traffic. May be negative, for a token that has expired. */
  readonly expiresInMinutes?: number;
}

/** A credential whose tokens have the audience of whatever scope is asked for. By the machine's time. */
export function createTokenCredential(options: TokenCredentialOptions): TokenCredential {
  const { tenantId, objectId, clientId, expiresInMinutes = 60 } = { ...wellKnownEntra, ...options };
  return {
    getToken(scopes: string | string[], _options?: GetTokenOptions): Promise<AccessToken> {
      const asked = typeof scopes === "string" ? [scopes] : scopes;
      const issuedAt = Math.floor(Date.now() / 1000);
      const expiresAt = issuedAt + expiresInMinutes * 60;
      const token = unsignedJwt({
        aud: audience(asked[0] ?? resourceScope),
        iat: issuedAt,
        exp: expiresAt,
        tid: tenantId,
        oid: objectId,
        appid: clientId,
        scp: asked.flatMap(permissions).join(" "),
      });
      return Promise.resolve({ token, expiresOnTimestamp: expiresAt * 1000 });
    },
  };
}

/** @param time - Milliseconds since 1970, the service's time. */
export function createTeamsUserToken(options: TeamsUserTokenOptions, time: number): string {
  const { appId, userId, expiresInMinutes = 64 } = options ?? {};
  check(
    typeof appId === "string" && appId && typeof userId === "string" && userId,
    "createTeamsUserToken needs an appId and a userId",
  );
  check(Number.isFinite(expiresInMinutes), "expiresInMinutes must be a finite number");
  const issuedAt = Math.floor(time / 1000);
  return unsignedJwt({
    aud: "https://auth.msft.communication.azure.com",
    iat: issuedAt,
    exp: issuedAt + expiresInMinutes * 60,
    tid: wellKnownEntra.tenantId,
    oid: userId,
    appid: appId,
    scp: "Teams.ManageCalls Teams.ManageChats",
  });
}

/** `https://host/path/Permission` is meant for `https://host/path`. */
function audience(scope: string): string {
  return scope.replace(/\/[^/]*$/, "");
}

function permissions(scope: string): string[] {
  const name = scope.slice(scope.lastIndexOf("/") + 1);
  return name === ".default" ? ["Chat", "VoIP"] : [name];
}
