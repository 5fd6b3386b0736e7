import { teamsExtensionPrincipalTypeVersions } from "../../generated/enumVersions.js";
import { isGuid } from "../check.js";
import { HttpError, requiredField, validationError } from "../httpError.js";
import type { ServiceCore } from "../serviceCore.js";
import type { AssignmentSet } from "../state/events.js";
import { requiredBody } from "../wire/requestBody.js";
import { boundText, boundTexts } from "./binding.js";
import type { Call, OperationResult } from "./handler.js";

/** The specification has two values; Microsoft's guides call one of them `teamsResourceAccount`. */
const principalTypes = [...Object.keys(teamsExtensionPrincipalTypeVersions), "teamsResourceAccount"].sort();

export function getTeamsExtensionAssignment(core: ServiceCore, call: Call): OperationResult {
  const { tenantId, objectId } = assignmentPath(call);
  const assignment = core.state.assignment(tenantId, objectId);
  if (!assignment) {
    throw new HttpError(404, "NotFound", "The requested assignment was not found.", {
      announcesVersions: true,
    });
  }
  return { status: 200, body: wireAssignment(assignment) };
}

export function upsertTeamsExtensionAssignment(core: ServiceCore, call: Call): OperationResult {
  const body = requiredBody(call.body);
  const principalType = boundText(body.principalType, "PrincipalType");
  const clientIds = boundTexts(body.clientIds, "ClientIds");
  if (principalType === undefined) throw requiredField("PrincipalType");
  const { tenantId, objectId } = assignmentPath(call);
  if (!principalTypes.includes(principalType)) {
    throw validationError(`PrincipalType must be one of ${principalTypes.join(", ")}.`, "principalType");
  }
  if (clientIds?.some((id) => !isGuid(id.toLowerCase()))) {
    throw validationError("Provided ClientIds has invalid format.", "clientIds");
  }
  const status = core.state.assignment(tenantId, objectId) ? 200 : 201;
  const assignment = { tenantId, objectId, principalType, ...(clientIds && { clientIds }) };
  core.state.record({ type: "assignmentSet", ...assignment });
  return { status, body: assignment };
}

/** Succeeds even if there is no assignment, as DELETE does in Azure's guidelines. */
export function deleteTeamsExtensionAssignment(core: ServiceCore, call: Call): OperationResult {
  core.state.record({ type: "assignmentDeleted", ...assignmentPath(call) });
  return { status: 204 };
}

function assignmentPath({
  parameters: { tenantId = "", objectId = "" },
}: Call): Record<"tenantId" | "objectId", string> {
  if (!isGuid(tenantId.toLowerCase()))
    throw validationError("Provided TenantId has invalid format.", "tenantId");
  if (!isGuid(objectId.toLowerCase()))
    throw validationError("Provided ObjectId has invalid format.", "objectId");
  return { tenantId, objectId };
}

function wireAssignment({ tenantId, objectId, principalType, clientIds }: AssignmentSet): object {
  return { tenantId, objectId, principalType, ...(clientIds === undefined ? {} : { clientIds }) };
}
