import { type Claims, claimDate, claimText } from "../testing/jwt/jwt.js";

export interface TokenUse {
  readonly audience: string;
  readonly permissions: readonly string[];
  /** What a token with one of the permissions is for. */
  readonly purpose: string;
}

const teamsAudience = "https://auth.msft.communication.azure.com";

/** The ways in which a user's token becomes one of ACS. */
export const userTokenUses: readonly TokenUse[] = [
  {
    audience: teamsAudience,
    permissions: ["Teams.ManageCalls", "Teams.ManageChats"],
    purpose: "getTokenForTeamsUser, for a Teams user",
  },
  {
    audience: teamsAudience,
    permissions: ["TeamsExtension.ManageCalls"],
    purpose: "AzureCommunicationTokenCredential, for Teams Phone extensibility",
  },
  {
    audience: "https://communication.azure.com/clients",
    permissions: ["VoIP", "VoIP.Join"],
    purpose: "AzureCommunicationTokenCredential, for an Entra user",
  },
];

const serviceAudience = "https://communication.azure.com";

/** A token of Entra ID as its claims describe it. The signature isn't verified. */
export interface EntraToken {
  readonly kind: "user" | "application" | "idToken";
  /** The audience as the public cloud has it, without a trailing slash. */
  readonly audience: string;
  /** `1.0` or `2.0`; empty if the token doesn't say. */
  readonly version: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** The object id of the user, or of the application's service principal. */
  readonly objectId: string;
  readonly username: string;
  readonly permissions: readonly string[];
  /** Whether the user's home is another tenant. */
  readonly isGuest: boolean;
  readonly expiresOn: Date | undefined;
  /** What this token is for, or undefined if it's for nothing in ACS. */
  readonly purpose: string | undefined;
}

/** Returns undefined if the token isn't one of Entra ID. */
export function readEntraToken(claims: Claims): EntraToken | undefined {
  const tenantId = claimText(claims.tid);
  if (tenantId === "" || claimText(claims.iss) === "") return undefined;
  const audience = [claims.aud]
    .flat()
    .map(claimText)
    .join(" ")
    .replace(/\/$/, "")
    .replace(/^(https:\/\/(?:auth\.msft\.)?communication\.azure)\.us$/, "$1.com");
  const permissions = claimText(claims.scp).split(" ").filter(Boolean);
  const isIdToken = permissions.length === 0 && claims.roles === undefined && !audience.includes(":");
  const kind = permissions.length > 0 ? "user" : isIdToken ? "idToken" : "application";
  const username =
    claimText(claims.upn) || claimText(claims.preferred_username) || claimText(claims.unique_name);
  return {
    kind,
    audience,
    version: claimText(claims.ver),
    tenantId,
    clientId: claimText(claims.appid) || claimText(claims.azp),
    objectId: claimText(claims.oid),
    username,
    permissions,
    isGuest: isGuest(claims, tenantId, username),
    expiresOn: claimDate(claims.exp),
    purpose: findPurpose(audience, permissions),
  };
}

/** Tells whether the user is a guest: then the token names the home tenant as its identity provider, or has a user name made from that of the home. */
function isGuest({ acct, idp }: Claims, tenantId: string, username: string): boolean {
  const provider = claimText(idp);
  return acct === 1 || (provider !== "" && !provider.includes(tenantId)) || username.includes("#EXT#");
}

function findPurpose(audience: string, permissions: readonly string[]): string | undefined {
  if (audience === serviceAudience)
    return "every call of CommunicationIdentityClient, if the principal has a role";
  const purposes = userTokenUses.filter(
    (use) => use.audience === audience && use.permissions.some((name) => permissions.includes(name)),
  );
  return purposes.length > 0 ? purposes.map(({ purpose }) => purpose).join("; ") : undefined;
}

/** Tells whether getTokenForTeamsUser takes a token with these permissions. The others are for AzureCommunicationTokenCredential. */
export function isForTeamsUser(permissions: readonly string[]): boolean {
  return permissions.some((name) => name.startsWith("Teams."));
}

/** Returns the scopes to ask for, in words. */
export function scopesToAskFor(uses: readonly TokenUse[] = userTokenUses): string {
  return uses
    .map(({ audience, permissions, purpose }) => `${audience}/${permissions[0]} (${purpose})`)
    .join(", or ");
}
