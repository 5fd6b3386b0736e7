import {
  acs,
  applicationsByResource,
  graph,
  graphClientId,
  permissionsByResource,
  teams,
} from "../../state/entries/permissions.js";
import { invalidScope, unknownPermission, unknownResource } from "../errors/entraError.js";

/** Scopes that shape the response instead of naming a permission, in lower case. */
export const openIdScopes: readonly string[] = ["openid", "profile", "email", "offline_access"];

export interface RequestedScopes {
  /** The scopes of OpenID Connect, such as `offline_access`. */
  readonly openId: readonly string[];
  readonly resources: readonly RequestedResource[];
}

/** One resource and the permissions that are requested for it. */
export interface RequestedResource {
  /** The resource as requested, or the client id of a registered application. Becomes the claim `aud`. */
  readonly audience: string;
  /** The key of `permissionsByResource`, or `api` for a registered application. */
  readonly resource: string;
  /** Permission names, or `.default` for all that have consent. */
  readonly permissions: readonly string[];
  /** The scopes as requested. */
  readonly scopes: readonly string[];
}

/**
 * Parses a `scope`: names separated by spaces, without regard to case. For Microsoft's example of `user.read`, Entra ID
 * issues a token with `scp` `User.Read` (learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow).
 * @param isApplication - Returns whether an application with this client id is registered and so is a resource.
 * @param context - `askedBy`: the name of the application that asks, for errors.
 * @throws EntraError if a resource or permission does not exist.
 */
export function readRequestedScopes(
  scope: string,
  isApplication: (clientId: string) => boolean,
  { ownAudience = acs, askedBy = "" }: { readonly ownAudience?: string; readonly askedBy?: string } = {},
): RequestedScopes {
  const openId: string[] = [];
  const resources = new Map<string, RequestedScope[]>();
  for (const text of new Set(scope.split(/\s+/).filter((part) => part !== ""))) {
    if (openIdScopes.includes(text.toLowerCase())) {
      openId.push(text.toLowerCase());
      continue;
    }
    const requested = readScope(text, isApplication, ownAudience, askedBy);
    const earlier = resources.get(requested.audience);
    if (earlier) earlier.push(requested);
    else resources.set(requested.audience, [requested]);
  }
  return {
    openId,
    resources: Array.from(resources, ([audience, requested]) => ({
      audience,
      resource: requested[0]?.resource ?? audience,
      permissions: [...new Set(requested.map(({ permission }) => permission))],
      scopes: requested.map(({ text }) => text),
    })),
  };
}

interface RequestedScope extends Pick<RequestedResource, "audience" | "resource"> {
  readonly permission: string;
  /** As requested. */
  readonly text: string;
}

function readScope(
  text: string,
  isApplication: (clientId: string) => boolean,
  ownAudience: string,
  askedBy: string,
): RequestedScope {
  const { audience, permission } = splitScope(text, ownAudience);
  const clientId = audience.replace(/^api:\/\//, "");
  if (isApplication(clientId)) return { audience: clientId, resource: "api", permission, text };
  if (!text.includes("/") && audience === "") throw unknownPermission(askedBy, text, graphClientId);
  const resource = knownResource(audience, ownAudience);
  const known = permissionsAt(resource);
  if (!known) throw audience === "" ? invalidScope(text) : unknownResource(audience);
  if (permission !== ".default" && !known.includes(permission))
    throw unknownPermission(askedBy, permission, applicationsByResource[resource]?.clientId ?? audience);
  return { audience, resource, permission, text };
}

/**
 * Splits `https://host/path/Permission` into `https://host/path`, the token's audience, in lower case, and `Permission`, as
 * it is registered.
 */
export function splitScope(
  scope: string,
  ownAudience: string,
): { readonly audience: string; readonly permission: string } {
  const slash = scope.lastIndexOf("/");
  const given = scope.slice(slash + 1);
  // Clients often request Microsoft Graph's User.Read without the resource.
  const isBareGraph = slash < 0 && /^User\.Read$/i.test(scope);
  const audience = isBareGraph ? graph : scope.slice(0, Math.max(slash, 0)).toLowerCase();
  const names = [".default", ...(permissionsAt(knownResource(audience, ownAudience)) ?? [])];
  const permission = names.find((name) => name.toLowerCase() === given.toLowerCase()) ?? given;
  return { audience, permission };
}

function permissionsAt(resource: string): readonly string[] | undefined {
  return Object.hasOwn(permissionsByResource, resource) ? permissionsByResource[resource] : undefined;
}

/** Drops the trailing slash that Entra keeps, and maps other clouds to the public one. */
function knownResource(given: string, ownAudience: string): string {
  const audience = given.replace(/\/$/, "");
  return audience === ownAudience
    ? acs
    : audience.replace(/^https:\/\/auth\.msft\.communication\.azure\.us$/, teams);
}
