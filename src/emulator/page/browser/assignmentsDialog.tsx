import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  entraPrincipalTypeVersions,
  teamsExtensionPrincipalTypeVersions,
} from "../../../generated/enumVersions.js";
import type { EntraDirectory, TeamsAssignment } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Button, Field } from "./controls.js";
import { Dialog } from "./dialog.js";
import { usePage } from "./pageContext.js";
import { useProblem } from "./problem.js";

/** Says whose Entra token the service exchanges for Teams Phone extensibility. */
export function TeamsAssignmentsDialog(): JSX.Element {
  return (
    <AssignmentsDialog
      title="Teams extension assignments"
      none="There are no assignments yet."
      noClients="all applications"
      // Microsoft's guides call a resource account by another name.
      types={[...Object.keys(teamsExtensionPrincipalTypeVersions).reverse(), "teamsResourceAccount"]}
      objectHint="The id of the user or resource account in Entra ID."
      clientsHint="Optional. The applications that may exchange tokens, separated by spaces. The default is all."
      read={({ teamsAssignments }) => teamsAssignments}
      save={adminApi.saveTeamsAssignment}
      remove={adminApi.deleteTeamsAssignment}
    />
  );
}

/** Says whose Entra token the service exchanges for one of an Entra user. */
export function EntraAssignmentsDialog(): JSX.Element {
  const clientId = usePage().emulator.info?.entra.clientId ?? "";
  return (
    <AssignmentsDialog
      title="Entra assignments"
      none="Nobody can exchange an Entra token."
      noClients="no application"
      types={Object.keys(entraPrincipalTypeVersions)}
      objectHint="The id of the user, group or tenant in Entra ID."
      clientsHint="The applications that may exchange tokens, separated by spaces."
      clientId={clientId}
      read={({ entraAssignments }) => entraAssignments}
      save={({ clientIds = [], ...assignment }) =>
        adminApi.saveEntraAssignment({ ...assignment, clientIds: [...clientIds] })
      }
      remove={({ objectId }) => adminApi.deleteEntraAssignment(objectId)}
    />
  );
}

interface AssignmentsProps {
  readonly title: string;
  /** What to say if there are none. */
  readonly none: string;
  /** Who may exchange tokens if an assignment has no client ids. */
  readonly noClients: string;
  readonly types: readonly string[];
  readonly objectHint: string;
  readonly clientsHint: string;
  /** The client id to begin with. */
  readonly clientId?: string;
  readonly read: (directory: EntraDirectory) => readonly TeamsAssignment[];
  readonly save: (assignment: TeamsAssignment) => Promise<unknown>;
  readonly remove: (assignment: TeamsAssignment) => Promise<unknown>;
}

/** Lists assignments, deletes them, and saves one. */
function AssignmentsDialog({ title, none, noClients, types, clientId = "", ...rest }: AssignmentsProps) {
  const tenantId = usePage().emulator.info?.entra.tenantId ?? "";
  const [assignments, setAssignments] = useState<readonly TeamsAssignment[]>();
  const [said, say] = useState("");
  const problem = useProblem();

  const read = async () => setAssignments(rest.read(await adminApi.entra()));
  const remove = (assignment: TeamsAssignment) =>
    problem.attempt(async () => {
      await rest.remove(assignment);
      await read();
      say("The assignment was deleted.");
    });

  useEffect(() => void problem.attempt(read), []);

  return (
    <Dialog
      title={title}
      action="Save assignment"
      cancel="Close"
      submit={async (fields) => {
        const objectId = fields.text("objectId") || fields.refuse("objectId", "Enter the object id, a GUID.");
        const tenantId = fields.text("tenantId") || fields.refuse("tenantId", "Enter the tenant id, a GUID.");
        const clientIds = fields
          .text("clientIds")
          .split(/[\s,]+/)
          .filter(Boolean);
        const principalType = fields.text("principalType");
        await rest.save({ tenantId, objectId, principalType, ...(clientIds.length > 0 && { clientIds }) });
        await read();
        say("The assignment was saved.");
        return "stay";
      }}
    >
      {assignments?.length === 0 && <p class="hint">{none}</p>}
      {assignments && assignments.length > 0 && (
        <ul class="assignments">
          {assignments.map((assignment) => (
            <li key={`${assignment.tenantId} ${assignment.objectId}`}>
              <span>
                {assignment.principalType} <code>{assignment.objectId}</code>{" "}
                <span class="hint">for {assignment.clientIds?.join(", ") || noClients}</span>
              </span>
              <Button
                class="danger"
                aria-label={`Delete assignment of ${assignment.objectId}`}
                onClick={() => void remove(assignment)}
              >
                Delete
              </Button>
            </li>
          ))}
        </ul>
      )}
      {problem.view}
      <Field label="Tenant id" name="tenantId" defaultValue={tenantId} />
      <Field label="Object id" name="objectId" hint={rest.objectHint} />
      <Field label="Principal type">
        <select name="principalType">
          {types.map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      </Field>
      <Field label="Client ids" name="clientIds" defaultValue={clientId} hint={rest.clientsHint} />
      <p role="status" class="hint">
        {said}
      </p>
    </Dialog>
  );
}
