import type { Fake } from "../service/fake.js";
import { type Settings, teamsExtensionPrincipalTypes } from "../service/settings.js";
import { revokeTokensOf } from "../service/users.js";
import type { TeamsAssignmentSet } from "../state/events.js";
import { isGuid } from "../validation/check.js";
import type { OperationInput, OperationResult } from "../wire/admission.js";
import { assignmentNotFound, requiredField, validationError } from "../wire/httpError.js";
import { boundText, boundTexts, requiredBody } from "../wire/requestBody.js";

/** The part of an input that the admin API has, too, which calls these functions. */
type AssignmentInput = Pick<OperationInput, "pathParameters" | "body">;

export function getTeamsExtensionAssignment(fake: Fake, input: AssignmentInput): OperationResult {
  const { tenantId, objectId } = assignmentPath(input);
  const assignment = fake.state.teamsAssignment(tenantId, objectId);
  if (!assignment) throw assignmentNotFound();
  const { type: _, ...body } = assignment;
  return { status: 200, body };
}

export function upsertTeamsExtensionAssignment(fake: Fake, input: AssignmentInput): Promise<OperationResult> {
  const body = requiredBody(input.body);
  const principalType = boundText(body.principalType, "PrincipalType");
  const clientIds = boundTexts(body.clientIds, "ClientIds");
  if (principalType === undefined) throw requiredField("PrincipalType");
  const { tenantId, objectId } = assignmentPath(input);
  if (!teamsExtensionPrincipalTypes.includes(principalType)) {
    throw validationError(
      `PrincipalType must be one of ${teamsExtensionPrincipalTypes.join(", ")}.`,
      "principalType",
    );
  }
  if (clientIds?.some((id) => !isGuid(id.toLowerCase()))) {
    throw validationError("Provided ClientIds has invalid format.", "clientIds");
  }
  const assignment = { tenantId, objectId, principalType, ...(clientIds && { clientIds }) };
  return fake.store.change((draft) => {
    draft.add({ type: "assignmentSet", ...assignment });
    return { status: fake.state.teamsAssignment(tenantId, objectId) ? 200 : 201, body: assignment };
  });
}

/**
 * Deletes an assignment, and revokes the tokens that were exchanged under it. Succeeds even if there is none, as DELETE
 * does in Azure's guidelines.
 */
export function deleteTeamsExtensionAssignment(fake: Fake, input: AssignmentInput): Promise<OperationResult> {
  const path = assignmentPath(input);
  return fake.store.change((draft) => {
    const user = fake.state.user(teamsExtensionUserId(fake.settings, path));
    // The tokens go first, so that a process that is killed in between leaves no token without an assignment.
    if (user) revokeTokensOf(draft, fake.clock.time, user);
    draft.add({ type: "assignmentDeleted", ...path });
    return { status: 204 };
  });
}

/** Returns the raw id of a user who may exchange tokens under an assignment. */
export function teamsExtensionUserId(
  { resourceId }: Pick<Settings, "resourceId">,
  { tenantId, objectId }: Pick<TeamsAssignmentSet, "tenantId" | "objectId">,
): string {
  return `8:acs:${resourceId}_${tenantId}_${objectId}`.toLowerCase();
}

function assignmentPath({
  pathParameters: { tenantId = "", objectId = "" },
}: AssignmentInput): Record<"tenantId" | "objectId", string> {
  if (!isGuid(tenantId.toLowerCase()))
    throw validationError("Provided TenantId has invalid format.", "tenantId");
  if (!isGuid(objectId.toLowerCase()))
    throw validationError("Provided ObjectId has invalid format.", "objectId");
  return { tenantId, objectId };
}
