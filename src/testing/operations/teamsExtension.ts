import type { ServiceCore } from "../serviceCore.js";
import { bindingError, requiredField, ServiceError, validationError } from "../serviceError.js";
import type { AssignmentSet } from "../state/events.js";
import { requiredBody } from "../wire/requestBody.js";
import type { Answer, Call } from "./operation.js";

const principalTypes = ["resourceAccount", "user"];
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function getTeamsExtensionAssignment(core: ServiceCore, call: Call): Answer {
  const { tenantId, objectId } = assignmentPath(call);
  const assignment = core.state.assignment(tenantId, objectId);
  if (!assignment) {
    throw new ServiceError(404, "NotFound", "The requested assignment was not found.", {
      announcesVersions: true,
    });
  }
  return { status: 200, body: wireAssignment(assignment) };
}

export function upsertTeamsExtensionAssignment(core: ServiceCore, call: Call): Answer {
  const { tenantId, objectId } = assignmentPath(call);
  const { principalType, clientIds } = requiredBody(call.body);
  if (principalType === undefined || principalType === null) throw requiredField("PrincipalType");
  if (typeof principalType !== "string" || !principalTypes.includes(principalType)) {
    throw validationError(`PrincipalType must be one of ${principalTypes.join(", ")}.`, "principalType");
  }
  const status = core.state.assignment(tenantId, objectId) ? 200 : 201;
  const ids = readClientIds(clientIds);
  const assignment = { tenantId, objectId, principalType, ...(ids === undefined ? {} : { clientIds: ids }) };
  core.state.record({ type: "assignmentSet", ...assignment });
  return { status, body: assignment };
}

/** Deleting what is not there succeeds, too, as DELETE does in Azure's guidelines. */
export function deleteTeamsExtensionAssignment(core: ServiceCore, call: Call): Answer {
  core.state.record({ type: "assignmentDeleted", ...assignmentPath(call) });
  return { status: 204 };
}

function assignmentPath({
  parameters: { tenantId = "", objectId = "" },
}: Call): Record<"tenantId" | "objectId", string> {
  if (!guid.test(tenantId)) throw validationError("Provided TenantId has invalid format.", "tenantId");
  if (!guid.test(objectId)) throw validationError("Provided ObjectId has invalid format.", "objectId");
  return { tenantId, objectId };
}

function readClientIds(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((id) => typeof id === "string")) {
    throw bindingError("ClientIds", "The JSON value could not be converted to an array of strings.");
  }
  if (!value.every((id) => guid.test(id))) {
    throw validationError("Provided ClientIds has invalid format.", "clientIds");
  }
  return value;
}

function wireAssignment({ tenantId, objectId, principalType, clientIds }: AssignmentSet): object {
  return { tenantId, objectId, principalType, ...(clientIds === undefined ? {} : { clientIds }) };
}
