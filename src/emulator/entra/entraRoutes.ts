import type { EntraAssignment } from "../../generated/models.js";
import type { EntraGroup, EntraTenant } from "../../testing/entra/groups.js";
import { identityHeader, identityPath } from "../../testing/entra/managedIdentity.js";
import { knownPermissions } from "../../testing/entra/permissions.js";
import type { EntraApplication, EntraUser } from "../../testing/entra/principals.js";
import {
  deleteTeamsExtensionAssignment,
  getTeamsExtensionAssignment,
  upsertTeamsExtensionAssignment,
} from "../../testing/operations/teamsExtension.js";
import { boundText } from "../../testing/wire/requestBody.js";
import { type AdminCall, type AdminRow, change, post, read, refused } from "../admin/adminRow.js";
import type { EntraDirectory, EntraSettings, TeamsAssignment } from "../admin/answers.js";
import { environmentLines } from "./environment.js";

const texts = "array of strings";

/** The routes for who may sign in, with consents and roles, and for who may exchange an Entra token. */
export const entraRoutes: readonly AdminRow[] = [
  read("/entra", describeEntra),
  post(
    "/entra/applications",
    200,
    ({ core: { store, entra }, body }) =>
      store.change((draft) => entra.directory.setApplication(draft, body as unknown as EntraApplication)),
    {
      clientId: "GUID, required",
      tenantId: "GUID",
      objectId: "GUID",
      name: "string",
      clientSecrets: texts,
      certificates: `${texts} in PEM`,
      redirectUris: texts,
      permissions: `${texts}: the scopes with consent`,
      hasRole: "boolean",
    } satisfies Record<keyof EntraApplication, string>,
  ),
  post(
    "/entra/users",
    200,
    ({ core: { store, entra }, body }) =>
      store.change((draft) => entra.directory.setUser(draft, body as unknown as EntraUser)),
    {
      objectId: "GUID, required",
      tenantId: "GUID",
      username: "string, required for a new user",
      name: "string",
      hasTeamsLicense: "boolean",
      hasRole: "boolean",
    } satisfies Record<keyof EntraUser, string>,
  ),
  post(
    "/entra/groups",
    200,
    ({ core: { store, entra }, body }) =>
      store.change((draft) => entra.directory.setGroup(draft, body as unknown as EntraGroup)),
    {
      objectId: "GUID, required",
      tenantId: "GUID",
      name: "string",
      members: "array of GUIDs: the users' object ids",
      isAssignedToClients: "boolean: assigned to Azure Communication Services Clients",
    } satisfies Record<keyof EntraGroup, string>,
  ),
  post(
    "/entra/tenants",
    200,
    ({ core: { store, entra }, body }) =>
      store.change((draft) => entra.directory.setTenant(draft, body as unknown as EntraTenant)),
    {
      tenantId: "GUID, required",
      servicePrincipals: "array of GUIDs: which of Microsoft's applications the tenant has",
    } satisfies Record<keyof EntraTenant, string>,
  ),
  change("DELETE", "/entra/principals/{objectId}", deletePrincipal),
  change(
    "POST",
    "/entra/assignments",
    ({ core: { store, entra }, body }) =>
      store.change((draft) => entra.assignments.set(draft, body as unknown as EntraAssignment)),
    {
      objectId: "GUID, required",
      tenantId: "GUID, required",
      principalType: "user, group or tenant",
      clientIds: "array of GUIDs, required",
    } satisfies Record<keyof EntraAssignment, string>,
  ),
  change("DELETE", "/entra/assignments/{objectId}", deleteAssignment),
  change("POST", "/teamsExtension/assignments", setTeamsAssignment, {
    objectId: "GUID, required",
    tenantId: "GUID, required",
    principalType: "user, resourceAccount or teamsResourceAccount",
    clientIds: `${texts}: the applications, by default all`,
  } satisfies Record<keyof TeamsAssignment, string>),
  change("DELETE", "/teamsExtension/assignments/{tenantId}/{objectId}", deleteTeamsAssignment),
];

/** Returns the settings for signing in at the authority. */
export function entraInfo({ service: { entra } }: Pick<AdminCall, "service">): EntraSettings {
  const { authorityHost, tenantId, clientId, clientSecret } = entra;
  return { authorityHost, tenantId, clientId, clientSecret };
}

function describeEntra(call: AdminCall): EntraDirectory {
  const { entra } = call.service;
  const assignments = [...call.core.state.assignments()].map(({ type: _, ...assignment }) => assignment);
  return {
    ...entraInfo(call),
    environment: environmentLines(entra),
    managedIdentity: {
      IDENTITY_ENDPOINT: `${entra.authorityHost}${identityPath}`,
      IDENTITY_HEADER: identityHeader,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.authorityHost,
    },
    permissions: knownPermissions,
    applications: entra.applications,
    users: entra.users,
    groups: entra.groups,
    tenants: entra.tenants,
    assignments,
    entraAssignments: entra.assignments,
  };
}

function deletePrincipal({ core, parameters: { objectId = "" } }: AdminCall): Promise<void> {
  const { directory } = core.entra;
  return core.store.change((draft) => {
    const kind = directory.kindOf(objectId);
    if (!kind || kind === "deleted")
      throw refused(404, "There is no user, group or application with this object id");
    directory.delete(draft, objectId);
  });
}

function deleteAssignment({ core, parameters: { objectId = "" } }: AdminCall): Promise<void> {
  const { assignments } = core.entra;
  return core.store.change((draft) => {
    if (!assignments.find(objectId)) throw refused(404, "There is no Entra assignment with this object id");
    assignments.delete(draft, objectId);
  });
}

/** @throws HttpError as the service does. */
async function setTeamsAssignment({ core, body }: AdminCall): Promise<void> {
  const tenantId = boundText(body.tenantId, "TenantId") ?? "";
  const objectId = boundText(body.objectId, "ObjectId") ?? "";
  await upsertTeamsExtensionAssignment(core, { parameters: { tenantId, objectId }, body });
}

/** @throws HttpError as the service does, and 404 if there is no such assignment. */
async function deleteTeamsAssignment({ core, parameters }: AdminCall): Promise<void> {
  getTeamsExtensionAssignment(core, { parameters, body: undefined });
  await deleteTeamsExtensionAssignment(core, { parameters, body: undefined });
}
