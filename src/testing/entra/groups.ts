import { check } from "../check.js";
import { checkMembers } from "../checkMembers.js";
import { microsoftApplications } from "./permissions.js";
import { checkAll, checkGuids, checkTexts, wellKnownEntra } from "./principals.js";

/** A group of an Entra tenant. */
export interface EntraGroup {
  /** A GUID in lower case. */
  readonly objectId: string;
  /** A GUID in lower case. @defaultValue the well-known tenant */
  readonly tenantId?: string;
  /** The name to show. @defaultValue the object id */
  readonly name?: string;
  /** The object ids of its users, in lower case. @defaultValue none */
  readonly members?: readonly string[];
  /**
   * Whether the tenant's administrator assigned the group to the application "Azure Communication Services Clients".
   * Without that, an Entra assignment for the group doesn't count.
   *
   * @defaultValue false
   */
  readonly isAssignedToClients?: boolean;
}

/** What an Entra tenant has, besides its applications, users and groups. */
export interface EntraTenant {
  /** A GUID in lower case. */
  readonly tenantId: string;
  /**
   * The ids of Microsoft's applications that have a service principal in the tenant:
   * `2a04943b-b6a7-4f65-8786-2bb6131b59f6` (Azure Communication Services Clients) and
   * `1fd5118e-2576-4263-8130-9503064c837a` (Azure Communication Services). Without one, signing in for
   * that application's permissions fails.
   *
   * @defaultValue both
   */
  readonly servicePrincipals?: readonly string[];
}

/** A group with its defaults filled in. */
export type DirectoryGroup = Required<EntraGroup>;

/** A tenant with its defaults filled in. */
export type DirectoryTenant = Required<EntraTenant>;

const groupMembers: readonly (keyof EntraGroup)[] = [
  "objectId",
  "tenantId",
  "name",
  "members",
  "isAssignedToClients",
];

/**
 * Fills in missing members from the existing group, or else from the defaults.
 * @throws TypeError that names the member that isn't valid.
 */
export function resolveGroup(given: EntraGroup, before?: DirectoryGroup): DirectoryGroup {
  checkMembers(given, groupMembers, "An Entra group");
  const group: DirectoryGroup = {
    tenantId: wellKnownEntra.tenantId,
    name: given.objectId,
    members: [],
    isAssignedToClients: false,
    ...before,
    ...given,
  };
  checkGuids(group, "objectId", "tenantId");
  checkAll("An Entra group's", group, "string", "name");
  checkAll("An Entra group's", group, "boolean", "isAssignedToClients");
  checkTexts("An Entra group's", group, "members");
  return group;
}

/** Like {@link resolveGroup}. */
export function resolveTenant(given: EntraTenant, before?: DirectoryTenant): DirectoryTenant {
  checkMembers(given, ["tenantId", "servicePrincipals"], "An Entra tenant");
  const known: readonly string[] = Object.values(microsoftApplications).map(({ clientId }) => clientId);
  const tenant: DirectoryTenant = { servicePrincipals: known, ...before, ...given };
  checkGuids(tenant, "tenantId");
  checkTexts("An Entra tenant's", tenant, "servicePrincipals");
  check(
    tenant.servicePrincipals.every((id) => known.includes(id)),
    `An Entra tenant's servicePrincipals are among ${known.join(", ")}`,
  );
  return tenant;
}
