import { entraPrincipalTypeVersions } from "../../generated/enumVersions.js";
import type { EntraAssignment } from "../../generated/models.js";
import { wellKnownEntra } from "../state/entries/principals.js";
import type { ServiceState } from "../state/serviceState.js";
import type { Draft } from "../state/store.js";
import { type Constraints, guid, guids, oneOf, resolved } from "../validation/constraints.js";

/** Whom an assignment can be for. */
export const entraPrincipalTypes: readonly string[] = Object.keys(entraPrincipalTypeVersions);

type Assignment = Readonly<EntraAssignment>;

/** Lets the well-known application exchange the tokens of all users of the well-known tenant. */
const seededAssignment: Assignment = {
  objectId: wellKnownEntra.tenantId,
  tenantId: wellKnownEntra.tenantId,
  principalType: "tenant",
  clientIds: [wellKnownEntra.clientId],
};

/** The resource's Entra assignments: those from the options, with later changes. */
export class EntraAssignments {
  readonly #state: ServiceState;
  readonly #seeds = new Map([[seededAssignment.objectId, seededAssignment]]);

  /** @throws TypeError if an assignment isn't valid. */
  constructor(given: readonly Assignment[], state: ServiceState) {
    for (const assignment of given.map(checked)) this.#seeds.set(assignment.objectId, assignment);
    this.#state = state;
  }

  get list(): Assignment[] {
    const current = new Map<string, Assignment | undefined>([
      ...this.#seeds,
      ...this.#state.entraAssignments,
    ]);
    return [...current.values()].filter((assignment) => assignment !== undefined);
  }

  /** Returns the assignment with this object id, in which case doesn't matter. */
  find(objectId: string): Assignment | undefined {
    const id = objectId.toLowerCase();
    const changes = this.#state.entraAssignments;
    return changes.has(id) ? changes.get(id) : this.#seeds.get(id);
  }

  /** Creates or replaces an assignment. @throws TypeError if it isn't valid. */
  set(draft: Draft, assignment: Assignment): void {
    draft.add({ type: "entraAssignmentsChanged", set: [checked(assignment)], removed: [] });
  }

  delete(draft: Draft, objectId: string): void {
    draft.add({ type: "entraAssignmentsChanged", set: [], removed: [objectId] });
  }
}

export const assignmentConstraints: Constraints<Assignment> = {
  objectId: guid,
  tenantId: guid,
  principalType: oneOf(entraPrincipalTypes),
  clientIds: guids,
};

/** Returns a copy. @throws TypeError that names the member that isn't valid. */
function checked(assignment: Assignment): Assignment {
  const { clientIds, ...others } = resolved("An Entra assignment", assignmentConstraints, assignment, {});
  return { ...others, clientIds: [...clientIds] };
}
