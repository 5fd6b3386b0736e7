import type { EntraAssignment } from "../../generated/models.js";
import { teamsAudiences } from "../authentication/bearer.js";
import { noUserProblem } from "../entra/tokens/verifyEntraToken.js";
import { claimText } from "../jwt/jwt.js";
import type { Fake } from "../service/fake.js";
import { addUser } from "../service/users.js";
import { microsoftApplications } from "../state/entries/permissions.js";
import type { OperationInput, OperationResult } from "../wire/admission.js";
import { denied, exchangeForbidden, validationError } from "../wire/httpError.js";
import { requiredBody } from "../wire/requestBody.js";
import { issueToken, signToken } from "./issueToken.js";
import { teamsExtensionUserId } from "./manageTeamsExtensionAssignments.js";

const noGuid = "00000000-0000-0000-0000-000000000000";

/** Teams Phone extensibility is for calls only. */
const teamsExtensionScopes = ["voip"];

const teamsExtensionPermission = "TeamsExtension.ManageCalls";

/** The permissions of an Entra application that are also, in lower case, a token's scopes. */
const callingPermissions = ["VoIP", "VoIP.Join"];

/** An application can have these, too, but the preview gives no scope for them. */
const chatPermissions = ["Chat", "Chat.Join", "Chat.Join.Limited"];

const clientsScope = "https://communication.azure.com/clients/";

/** Exchanges the Entra token of a user or resource account whose assignment names the application, or has no `clientIds`. */
export function getTokenForTeamsExtensionUser(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const entra = entraUser(fake, input, `${teamsAudiences[0]}/${teamsExtensionPermission}`);
  if (fake.settings.strictness !== "loose" && !entra.permissions.includes(teamsExtensionPermission)) {
    throw exchangeForbidden(`The token's claim scp doesn't contain ${teamsExtensionPermission}`);
  }
  const id = teamsExtensionUserId(fake.settings, entra);
  const problemNow = () => {
    const assignment = fake.state.teamsAssignment(entra.tenantId, entra.objectId);
    if (!assignment) {
      return `No assignment for tenant ${entra.tenantId} and object ${entra.objectId}: PUT /access/teamsExtension/tenants/${entra.tenantId}/assignments/${entra.objectId}?api-version=2025-06-30 {"principalType":"user","clientIds":["${entra.clientId}"]}`;
    }
    const isAllowed = assignment.clientIds?.some((id) => id.toLowerCase() === entra.clientId) ?? true;
    return isAllowed ? undefined : `The assignment's clientIds don't contain ${entra.clientId}`;
  };
  return exchange(fake, id, teamsExtensionScopes, entra.expiresAt, problemNow, entra.tenantId);
}

/** Exchanges the Entra token of a user who has an Entra assignment, if the token has a permission for calling. */
export function getTokenForEntraUser(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const { strictness, resourceId, chatForEntraUsers } = fake.settings;
  const entra = entraUser(fake, input, `${clientsScope}VoIP`);
  const hasChat = chatForEntraUsers || strictness === "loose";
  const known = hasChat ? [...callingPermissions, ...chatPermissions] : callingPermissions;
  const granted = entra.permissions.filter((name) => known.includes(name));
  const scopes = [...new Set(granted)].map((name) => name.toLowerCase());
  const id = `8:acs:${resourceId}_wf_${entra.tenantId}_${entra.objectId}`;
  return exchange(fake, id, scopes.length > 0 ? scopes : ["chat", "voip"], entra.expiresAt, () =>
    scopes.length === 0 ? permissionProblem(entra.permissions, known) : assignmentProblem(fake, entra),
  );
}

function permissionProblem(permissions: readonly string[], known: readonly string[]): string {
  const remedy = `ask for the scope ${clientsScope}${known[0]}`;
  const chat = permissions.find((name) => chatPermissions.includes(name));
  return chat
    ? `The token has the permission ${chat}, which the preview gives no scope for: ${remedy}`
    : `The token's claim scp contains none of ${known.join(", ")}: ${remedy}`;
}

/** @param problemNow - Says why the exchange is forbidden, by the state at that time. Not asked by a loose service. */
async function exchange(
  fake: Fake,
  id: string,
  scopes: readonly string[],
  expiresAt: number,
  problemNow: () => string | undefined,
  tenantId?: string,
): Promise<OperationResult> {
  const token = await fake.store.change((draft) => {
    const problem = fake.settings.strictness === "loose" ? undefined : problemNow();
    if (problem !== undefined) throw exchangeForbidden(problem);
    const user = fake.state.user(id) ?? addUser(fake, draft, fake.clock.time, { id });
    return issueToken(fake, draft, user, scopes, expiresAt, { tenantId });
  });
  const accessToken = await signToken(fake, token);
  return { status: 200, body: { identity: { id }, accessToken }, userId: id };
}

interface EntraUser extends EntraCaller {
  readonly permissions: readonly string[];
  /** By the service's clock, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** @param scope - What the token needs. */
function entraUser({ settings }: Fake, { caller, body }: OperationInput, scope: string): EntraUser {
  if (caller.kind !== "entra")
    throw denied("This operation takes the user's own Entra token as Bearer", "entra-id-credentials");
  requiredBody(body);
  const { claims, expiresAt } = caller;
  const missing = ["tid", "oid"].filter((name) => typeof claims[name] !== "string");
  if (missing.length > 0 && settings.strictness !== "loose")
    throw denied(`The token lacks the claims ${missing.join(", ")}`, "entra-id-credentials");
  const noUser = settings.strictness === "loose" ? undefined : noUserProblem(claims, scope);
  if (noUser) throw exchangeForbidden(`The token ${noUser}`);
  // An id with half a surrogate pair fits in no URL, so nobody could delete its user.
  if (/\p{Surrogate}/u.test(claimText(claims.tid) + claimText(claims.oid))) {
    throw validationError("The token's claims tid and oid must be well-formed Unicode.", "Authorization");
  }
  return {
    tenantId: (claimText(claims.tid) || noGuid).toLowerCase(),
    objectId: (claimText(claims.oid) || noGuid).toLowerCase(),
    clientId: (claimText(claims.appid) || claimText(claims.azp)).toLowerCase(),
    permissions: claimText(claims.scp).split(" "),
    expiresAt,
  };
}

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
export function assignmentProblem({ entra }: Fake, caller: EntraCaller): string | undefined {
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

function put({ objectId, tenantId, principalType, clientIds }: Readonly<EntraAssignment>): string {
  const body = JSON.stringify({ tenantId, principalType, clientIds });
  return `PUT /access/entra/assignments/${objectId}?api-version=2025-03-02-preview ${body}`;
}
