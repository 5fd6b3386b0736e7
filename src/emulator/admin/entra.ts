import type { EntraAssignment } from "../../generated/models.js";
import { entryTypes } from "../../testing/directory/directory.js";
import { assignmentConstraints } from "../../testing/directory/entraAssignments.js";
import { identityHeader, identityPath } from "../../testing/entra/flows/managedIdentity.js";
import {
  deleteTeamsExtensionAssignment,
  getTeamsExtensionAssignment,
} from "../../testing/operations/manageTeamsExtensionAssignments.js";
import { teamsAssignmentConstraints } from "../../testing/service/settings.js";
import { knownPermissions } from "../../testing/state/entries/permissions.js";
import {
  type Constraints,
  guid,
  nonEmptyText,
  optional,
  partial,
} from "../../testing/validation/constraints.js";
import { environmentLines } from "../environment/environment.js";
import { type AdminInput, type AdminRow, get, noContent, post, refused } from "./adminRow.js";
import type { EntraDirectory, EntraSettings, TeamsAssignment } from "./models.js";

/** The routes for who may sign in, with consents and roles, and for who may exchange an Entra token. */
export const entraRoutes: readonly AdminRow[] = [
  get("/entra", describeEntra),
  setting("application"),
  setting("user", {
    username: optional({ ...nonEmptyText, words: `${nonEmptyText.words}, required for a new user` }),
  }),
  setting("group"),
  setting("tenant"),
  noContent("DELETE", "/entra/principals/{objectId}", deletePrincipal),
  noContent(
    "POST",
    "/entra/assignments",
    ({ fake: { store, entra }, body }) =>
      store.change((draft) => entra.assignments.set(draft, body as unknown as EntraAssignment)),
    assignmentConstraints,
  ),
  noContent("DELETE", "/entra/assignments/{objectId}", deleteAssignment),
  noContent("POST", "/teamsExtension/assignments", setTeamsAssignment, teamsAssignmentConstraints),
  noContent("DELETE", "/teamsExtension/assignments/{tenantId}/{objectId}", deleteTeamsAssignment),
];

function setting(name: keyof typeof entryTypes, inOtherWords: Constraints<object> = {}): AdminRow {
  const { id, constraints } = entryTypes[name];
  const handle = ({ fake: { store, entra }, body }: AdminInput) =>
    store.change((draft) => entra.directory.set(draft, name, body));
  return post(`/entra/${name}s`, 200, handle, {
    ...partial<object>(constraints),
    ...inOtherWords,
    [id]: guid,
  });
}

/** Returns the settings for signing in at the authority. */
export function entraInfo({ service: { entra } }: Pick<AdminInput, "service">): EntraSettings {
  const { authorityHost, tenantId, clientId, clientSecret } = entra;
  return { authorityHost, tenantId, clientId, clientSecret };
}

function describeEntra(input: AdminInput): EntraDirectory {
  const { entra } = input.service;
  const teamsAssignments = [...input.fake.state.teamsAssignments()].map(({ type: _, ...each }) => each);
  return {
    ...entraInfo(input),
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
    teamsAssignments,
    entraAssignments: entra.assignments,
  };
}

function deletePrincipal({ fake, pathParameters: { objectId = "" } }: AdminInput): Promise<void> {
  const { directory } = fake.entra;
  return fake.store.change((draft) => {
    const kind = directory.principalKind(objectId);
    if (!kind || kind === "deleted")
      throw refused(404, "There is no user, group or application with this object id");
    directory.delete(draft, objectId, fake.clock.wallTime);
  });
}

function deleteAssignment({ fake, pathParameters: { objectId = "" } }: AdminInput): Promise<void> {
  const { assignments } = fake.entra;
  return fake.store.change((draft) => {
    if (!assignments.find(objectId)) throw refused(404, "There is no Entra assignment with this object id");
    assignments.delete(draft, objectId);
  });
}

function setTeamsAssignment({ fake: { store }, body }: AdminInput): Promise<void> {
  return store.change((draft) =>
    draft.add({ type: "assignmentSet", ...(body as unknown as TeamsAssignment) }),
  );
}

/** @throws HttpError as the service does, and 404 if there is no such assignment. */
async function deleteTeamsAssignment({ fake, pathParameters }: AdminInput): Promise<void> {
  getTeamsExtensionAssignment(fake, { pathParameters, body: undefined });
  await deleteTeamsExtensionAssignment(fake, { pathParameters, body: undefined });
}
