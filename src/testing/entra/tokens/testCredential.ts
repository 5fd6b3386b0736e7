import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import type { Fake } from "../../service/fake.js";
import { wellKnownEntra } from "../../state/entries/principals.js";
import {
  type Complete,
  type Constraints,
  guidInAnyCase,
  minutesWithinAYear,
  resolved,
} from "../../validation/constraints.js";
import { splitScope } from "../request/scopes.js";
import { signEntraToken } from "./signEntraToken.js";

/** Whose tokens `createTokenCredential` returns. Each member has a default. */
export interface TokenCredentialOptions {
  /** The claim `tid`, a GUID. */
  readonly tenantId?: string | undefined;
  /** The claim `oid`, a GUID: the user or service principal. One that was never registered has a role. */
  readonly objectId?: string | undefined;
  /** The claim `appid`, a GUID: the Entra application. */
  readonly clientId?: string | undefined;
  /** From -525600 to 525600, a year. A negative value makes an expired token. @defaultValue 60 */
  readonly expiresInMinutes?: number | undefined;
}

export const credentialConstraints: Constraints<Complete<TokenCredentialOptions>> = {
  tenantId: guidInAnyCase,
  objectId: guidInAnyCase,
  clientId: guidInAnyCase,
  expiresInMinutes: minutesWithinAYear,
};

/**
 * Creates a credential whose tokens are signed by the service's authority, for the audience of the requested
 * scope.
 */
export function createTokenCredential(fake: Fake, options: TokenCredentialOptions): TokenCredential {
  const defaults = { ...wellKnownEntra, expiresInMinutes: 60 };
  const { expiresInMinutes, ...ids } = resolved("A credential", credentialConstraints, options, defaults);
  return {
    async getToken(scopes: string | string[], _options?: GetTokenOptions): Promise<AccessToken> {
      const own = fake.settings.audience;
      const asked = [scopes].flat().flatMap((scope) => scope.split(" "));
      const split = (scope: string) => splitScope(scope, own);
      const { audience } = split(asked[0] || `${own}//.default`);
      const issuedAt = fake.clock.wallSeconds;
      const expiresAt = issuedAt + expiresInMinutes * 60;
      const token = await signEntraToken(fake, {
        audience,
        ...ids,
        issuedAt,
        expiresAt,
        // A token for the service itself carries no permissions, because its principal has a role instead.
        ...(audience.replace(/\/$/, "") !== own && { permissions: asked.map(split).flatMap(permissions) }),
        proof: "secret",
      });
      return { token, expiresOnTimestamp: expiresAt * 1000 };
    },
  };
}

function permissions({ permission }: ReturnType<typeof splitScope>): string[] {
  return permission === ".default" ? ["Chat", "VoIP"] : [permission];
}
