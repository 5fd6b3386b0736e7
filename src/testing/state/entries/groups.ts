import { arrayOf, boolean, type Complete, guid, oneOf, text, texts } from "../../validation/constraints.js";
import { microsoftApplications } from "./permissions.js";
import { type EntryType, wellKnownEntra } from "./principals.js";

const { tenantId } = wellKnownEntra;

/** A group of an Entra tenant. */
export interface EntraGroup {
  /** A GUID in lower case. */
  readonly objectId: string;
  /** A GUID in lower case. @defaultValue the well-known tenant */
  readonly tenantId?: string | undefined;
  /** The name to show. @defaultValue the object id */
  readonly name?: string | undefined;
  /** The object ids of its users, in lower case. @defaultValue none */
  readonly members?: readonly string[] | undefined;
  /**
   * Whether the tenant's administrator assigned the group to the application "Azure Communication Services Clients".
   * Without that, an Entra assignment for the group doesn't count.
   *
   * @defaultValue false
   */
  readonly isAssignedToClients?: boolean | undefined;
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
  readonly servicePrincipals?: readonly string[] | undefined;
}

export type DirectoryGroup = Complete<EntraGroup>;

export type DirectoryTenant = Complete<EntraTenant>;

export const groupType: EntryType<DirectoryGroup> = {
  event: "entraGroupSet",
  id: "objectId",
  words: "An Entra group",
  constraints: { objectId: guid, tenantId: guid, name: text, members: texts, isAssignedToClients: boolean },
  defaults: ({ objectId = "" }) => ({ tenantId, name: objectId, members: [], isAssignedToClients: false }),
};

const ofMicrosoft = Object.values(microsoftApplications).map(({ clientId }) => clientId);

export const tenantType: EntryType<DirectoryTenant> = {
  event: "entraTenantSet",
  id: "tenantId",
  words: "An Entra tenant",
  constraints: {
    tenantId: guid,
    servicePrincipals: arrayOf(`an array of ${ofMicrosoft.join(" or ")}`, oneOf(ofMicrosoft).is),
  },
  defaults: () => ({ servicePrincipals: ofMicrosoft }),
};
