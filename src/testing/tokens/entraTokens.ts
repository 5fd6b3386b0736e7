import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import { check } from "../check.js";
import { type AccessTokenContent, accessTokenClaims } from "../entra/entraClaims.js";
import { signJwt } from "../entra/jwtSignature.js";
import { splitScope } from "../entra/permissions.js";
import { wellKnownEntra } from "../entra/principals.js";
import type { ServiceCore } from "../serviceCore.js";

const resourceScope = "https://communication.azure.com//.default";

/** Whom a credential of `createTokenCredential` stands for. Each member has a well-known default. */
export interface TokenCredentialOptions {
  /** The claim `tid`, a GUID. */
  readonly tenantId?: string;
  /** The claim `oid`, a GUID: the user or service principal. One that nobody registered has a role. */
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

/**
 * A credential whose tokens the service's own authority signs, with the audience of whatever scope is asked for.
 * By the machine's time.
 */
export function createTokenCredential(core: ServiceCore, options: TokenCredentialOptions): TokenCredential {
  const { tenantId, objectId, clientId, expiresInMinutes = 60 } = { ...wellKnownEntra, ...options };
  return {
    async getToken(scopes: string | string[], _options?: GetTokenOptions): Promise<AccessToken> {
      const asked = [scopes].flat().flatMap((scope) => scope.split(" "));
      const { audience } = splitScope(asked[0] || resourceScope);
      const issuedAt = Math.floor(Date.now() / 1000);
      const expiresAt = issuedAt + expiresInMinutes * 60;
      const token = await sign(core, {
        audience,
        tenantId,
        objectId,
        clientId,
        issuedAt,
        expiresAt,
        ...(isResource(audience) ? {} : { permissions: asked.flatMap(permissions) }),
        isConfidential: true,
      });
      return { token, expiresOnTimestamp: expiresAt * 1000 };
    },
  };
}

/** By the service's time. */
export async function createTeamsUserToken(
  core: ServiceCore,
  options: TeamsUserTokenOptions,
): Promise<string> {
  const { appId, userId, expiresInMinutes = 64 } = options ?? {};
  check(
    typeof appId === "string" && appId && typeof userId === "string" && userId,
    "createTeamsUserToken needs an appId and a userId",
  );
  check(Number.isFinite(expiresInMinutes), "expiresInMinutes must be a finite number");
  const issuedAt = Math.floor(core.clock.time / 1000);
  return sign(core, {
    audience: "https://auth.msft.communication.azure.com",
    tenantId: wellKnownEntra.tenantId,
    objectId: userId,
    clientId: appId,
    issuedAt,
    expiresAt: issuedAt + expiresInMinutes * 60,
    permissions: ["Teams.ManageCalls", "Teams.ManageChats"],
  });
}

async function sign(core: ServiceCore, content: Omit<AccessTokenContent, "authorityHost">): Promise<string> {
  const authorityHost = core.endpoint.replace(/\/$/, "");
  return signJwt(await core.issuer.key(), accessTokenClaims({ ...content, authorityHost }));
}

/** Who calls the service itself does so by a role, and needs no permission. */
function isResource(audience: string): boolean {
  return audience.replace(/\/$/, "") === "https://communication.azure.com";
}

function permissions(scope: string): string[] {
  const { permission } = splitScope(scope);
  return permission === ".default" ? ["Chat", "VoIP"] : [permission];
}
