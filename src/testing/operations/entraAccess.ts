import type { EntraAssignment } from "../../generated/models.js";
import { microsoftApplications } from "../entra/permissions.js";
import type { ServiceCore } from "../serviceCore.js";

/** Whose Entra token is exchanged, through which application. All ids are in lower case. */
export interface EntraCaller {
  readonly tenantId: string;
  readonly objectId: string;
  readonly clientId: string;
}

/**
 * Says which condition of an Entra assignment fails for the caller, and with which request that is mended. Returns
 * undefined if the caller may exchange a token: one assignment that meets every condition is enough.
 */
export function assignmentProblem({ entra }: ServiceCore, caller: EntraCaller): string | undefined {
  const { directory, assignments } = entra;
  const { tenantId, objectId, clientId } = caller;
  const groups = new Map(
    directory.groups
      .filter((group) => group.tenantId === tenantId && group.members.includes(objectId))
      .map((group) => [group.objectId, group]),
  );
  const named = assignments.list.filter(({ principalType, ...assignment }) => {
    const id = assignment.objectId.toLowerCase();
    if (principalType === "user") return id === objectId;
    if (principalType === "group") return groups.has(id);
    return assignment.tenantId.toLowerCase() === tenantId;
  });
  const [anyNamed] = named;
  if (!anyNamed) {
    return `No Entra assignment is for the user ${objectId}, a group of this user in the directory, or the tenant ${tenantId}: ${put({ ...caller, principalType: "user", clientIds: [clientId] })}`;
  }
  const inTenant = named.filter((assignment) => assignment.tenantId.toLowerCase() === tenantId);
  const [anyInTenant] = inTenant;
  if (!anyInTenant) {
    return `The Entra assignment of the ${anyNamed.principalType} ${anyNamed.objectId} is for the tenant ${anyNamed.tenantId}, but the token is of the tenant ${tenantId}: ${put({ ...anyNamed, tenantId })}`;
  }
  const counting = inTenant.filter(
    ({ principalType, objectId: id }) =>
      principalType !== "group" || groups.get(id.toLowerCase())?.isAssignedToClients,
  );
  const [anyCounting] = counting;
  if (!anyCounting) {
    const { name, clientId: application } = microsoftApplications.clients;
    return `The Entra assignment of the group ${anyInTenant.objectId} doesn't count, because the directory hasn't assigned the group to the application "${name}" (${application}): assign it there, in the emulator with POST /_emulator/entra/groups {"objectId":"${anyInTenant.objectId.toLowerCase()}","isAssignedToClients":true}`;
  }
  if (counting.some(({ clientIds }) => clientIds.some((id) => id.toLowerCase() === clientId)))
    return undefined;
  const { clientIds } = anyCounting;
  return `The clientIds of the Entra assignment of the ${anyCounting.principalType} ${anyCounting.objectId} don't contain ${clientId}: ${put({ ...anyCounting, clientIds: [...clientIds, clientId] })}`;
}

/** Returns the request that makes an assignment. */
function put({ objectId, tenantId, principalType, clientIds }: Readonly<EntraAssignment>): string {
  const body = JSON.stringify({ tenantId, principalType, clientIds });
  return `PUT /access/entra/assignments/${objectId}?api-version=2025-03-02-preview ${body}`;
}
