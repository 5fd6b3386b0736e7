import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { teamsExtensionPrincipalTypeVersions } from "../../../generated/enumVersions.js";
import type { TeamsAssignment } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Button, Field } from "./controls.js";
import { Dialog } from "./dialog.js";
import { usePage } from "./page.js";
import { useProblem } from "./problem.js";

/** Lists the Teams extension assignments, deletes them, and saves one. */
export function AssignmentsDialog(): JSX.Element {
  const { emulator } = usePage();
  const [assignments, setAssignments] = useState<readonly TeamsAssignment[]>();
  const [said, say] = useState("");
  const problem = useProblem();

  const read = async () => setAssignments((await adminApi.entra()).assignments);
  const remove = (assignment: TeamsAssignment) =>
    problem.attempt(async () => {
      await adminApi.deleteTeamsAssignment(assignment);
      await read();
      say("The assignment was deleted.");
    });

  useEffect(() => void problem.attempt(read), []);

  return (
    <Dialog
      title="Teams extension assignments"
      action="Save assignment"
      cancel="Close"
      submit={async (fields) => {
        const objectId = fields.text("objectId") || fields.refuse("objectId", "Enter the object id, a GUID.");
        const tenantId = fields.text("tenantId") || fields.refuse("tenantId", "Enter the tenant id, a GUID.");
        const clientIds = fields
          .text("clientIds")
          .split(/[\s,]+/)
          .filter(Boolean);
        await adminApi.saveTeamsAssignment({
          tenantId,
          objectId,
          principalType: fields.text("principalType"),
          ...(clientIds.length > 0 ? { clientIds } : {}),
        });
        await read();
        say("The assignment was saved.");
        return "stay";
      }}
    >
      {assignments?.length === 0 && <p class="hint">There are no assignments yet.</p>}
      {assignments && assignments.length > 0 && (
        <ul class="assignments">
          {assignments.map((assignment) => (
            <li key={`${assignment.tenantId} ${assignment.objectId}`}>
              <span>
                {assignment.principalType} <code>{assignment.objectId}</code>{" "}
                <span class="hint">{clientsText(assignment.clientIds)}</span>
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
      <Field label="Tenant id" name="tenantId" defaultValue={emulator.info?.entra.tenantId ?? ""} />
      <Field label="Object id" name="objectId" hint="The id of the user or resource account in Entra ID." />
      <Field label="Principal type">
        <select name="principalType">
          {/* Microsoft's guides call a resource account by another name. */}
          {[...Object.keys(teamsExtensionPrincipalTypeVersions).reverse(), "teamsResourceAccount"].map(
            (type) => (
              <option key={type}>{type}</option>
            ),
          )}
        </select>
      </Field>
      <Field
        label="Client ids"
        name="clientIds"
        hint="Optional. The applications that may exchange tokens, separated by spaces. The default is all."
      />
      <p role="status" class="hint">
        {said}
      </p>
    </Dialog>
  );
}

function clientsText(clientIds: readonly string[] | undefined): string {
  return clientIds ? `for ${clientIds.join(", ")}` : "for all applications";
}
