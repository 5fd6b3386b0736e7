import type { EntraAssignment, EntraAssignmentList } from "../../generated/models.js";
import { entraPrincipalTypes } from "../directory/entraAssignments.js";
import type { Fake } from "../service/fake.js";
import { isGuid } from "../validation/check.js";
import type { OperationInput, OperationResult } from "../wire/admission.js";
import { assignmentNotFound, bindingError, requiredField, validationError } from "../wire/httpError.js";
import { boundText, boundTexts, type JsonObject, requiredBody } from "../wire/requestBody.js";

/** Returns all assignments at once, without a `nextLink`. */
export function listEntraAssignments({ entra }: Fake): OperationResult {
  return { status: 200, body: { value: entra.assignments.list } satisfies EntraAssignmentList };
}

/** Applies all changes of the map or, if one of them isn't valid, none. */
export async function updateEntraAssignments(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const set: EntraAssignment[] = [];
  const removed: string[] = [];
  for (const [objectId, given] of Object.entries(requiredBody(input.body))) {
    checkId(objectId, "ObjectId", "objectId");
    if (given === null) removed.push(objectId);
    else if (typeof given === "object" && !Array.isArray(given)) {
      set.push(requestedAssignment(objectId, given as JsonObject));
    } else throw bindingError(objectId, "The JSON value could not be converted to an object.");
  }
  await fake.store.change((draft) => draft.add({ type: "entraAssignmentsChanged", set, removed }));
  return listEntraAssignments(fake);
}

export function getEntraAssignment(fake: Fake, input: OperationInput): OperationResult {
  const assignment = fake.entra.assignments.find(checkedObjectId(input));
  if (!assignment) throw assignmentNotFound();
  return { status: 200, body: assignment };
}

export function upsertEntraAssignment(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const body = requiredBody(input.body);
  const objectId = checkedObjectId(input);
  const assignment = requestedAssignment(objectId, body);
  return fake.store.change((draft) => {
    draft.add({ type: "entraAssignmentsChanged", set: [assignment], removed: [] });
    return { status: fake.entra.assignments.find(objectId) ? 200 : 201, body: assignment };
  });
}

/** Succeeds even if there is no assignment, as DELETE does in Azure's guidelines. */
export async function deleteEntraAssignment(fake: Fake, input: OperationInput): Promise<OperationResult> {
  const objectId = checkedObjectId(input);
  await fake.store.change((draft) => fake.entra.assignments.delete(draft, objectId));
  return { status: 204 };
}

function checkedObjectId({ pathParameters: { objectId = "" } }: OperationInput): string {
  checkId(objectId, "ObjectId", "objectId");
  return objectId;
}

/** @throws HttpError 400 if a member is missing or isn't valid. */
function requestedAssignment(objectId: string, body: JsonObject): EntraAssignment {
  const tenantId = boundText(body.tenantId, "TenantId");
  const principalType = boundText(body.principalType, "PrincipalType");
  const clientIds = boundTexts(body.clientIds, "ClientIds");
  if (tenantId === undefined) throw requiredField("TenantId");
  if (principalType === undefined) throw requiredField("PrincipalType");
  if (clientIds === undefined) throw requiredField("ClientIds");
  checkId(tenantId, "TenantId", "tenantId");
  if (!entraPrincipalTypes.includes(principalType)) {
    throw validationError(`PrincipalType must be one of ${entraPrincipalTypes.join(", ")}.`, "principalType");
  }
  for (const id of clientIds) checkId(id, "ClientIds", "clientIds");
  return { objectId, tenantId, principalType, clientIds };
}

function checkId(id: string, field: string, target: string): void {
  if (!isGuid(id.toLowerCase())) throw validationError(`Provided ${field} has invalid format.`, target);
}
