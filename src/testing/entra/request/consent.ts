import type { Fake } from "../../service/fake.js";
import { applicationsByResource, permissionsByResource } from "../../state/entries/permissions.js";
import type { Application } from "../../state/entries/principals.js";
import { consentRequired, lacksServicePrincipal } from "../errors/entraError.js";
import type { RequestedResource } from "./scopes.js";

/** @throws EntraError if a token for one of the resources would lack consent. */
export function checkConsent(
  fake: Fake,
  resources: readonly RequestedResource[],
  application: Application,
  tenantId: string,
): void {
  for (const resource of resources) consentedPermissions(fake, resource, application, tenantId);
}

/**
 * Returns the permissions that a token gets.
 * @throws EntraError if one of them lacks consent, or the user's tenant lacks a service principal of the resource.
 */
export function consentedPermissions(
  { entra: { directory } }: Fake,
  resource: RequestedResource,
  { clientId, name, permissions: consented }: Application,
  tenantId: string,
): readonly string[] {
  const owner = applicationsByResource[resource.resource];
  if (owner && !directory.hasServicePrincipal(tenantId, owner.clientId)) {
    throw lacksServicePrincipal(owner, tenantId);
  }
  const permissions = grantedPermissions(resource, consented);
  if (!permissions) throw consentRequired(clientId, name);
  return permissions;
}

/** Returns the permissions that a token gets, or undefined if one of them lacks consent. */
function grantedPermissions(
  { resource, permissions }: RequestedResource,
  consented: readonly string[],
): readonly string[] | undefined {
  if (resource === "api") return permissions.includes(".default") ? ["access_as_user"] : permissions;
  const granted = (permissionsByResource[resource] ?? []).filter((name) =>
    consented.includes(`${resource}/${name}`),
  );
  if (permissions.includes(".default")) return granted.length > 0 ? granted : undefined;
  return permissions.every((name) => granted.includes(name)) ? permissions : undefined;
}
