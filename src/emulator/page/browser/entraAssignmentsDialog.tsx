import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { entraPrincipalTypeVersions } from "../../../generated/enumVersions.js";
import type { EntraDirectory } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Button, Field } from "./controls.js";
import { Dialog } from "./dialog.js";
import { usePage } from "./page.js";
import { useProblem } from "./problem.js";

/** Lists the Entra assignments, which say whose Entra token the service exchanges, deletes them, and saves one. */
export function EntraAssignmentsDialog(): JSX.Element {
  const { tenantId, clientId } = usePage().emulator.info?.entra ?? { tenantId: "", clientId: "" };
  const [assignments, setAssignments] = useState<EntraDirectory["entraAssignments"]>();
  const [said, say] = useState("");
  const problem = useProblem();

  const read = async () => setAssignments((await adminApi.entra()).entraAssignments);
  const remove = (objectId: string) =>
    problem.attempt(async () => {
      await adminApi.deleteEntraAssignment(objectId);
      await read();
      say("The assignment was deleted.");
    });

  useEffect(() => void problem.attempt(read), []);

  return (
    <Dialog
      title="Entra assignments"
      action="Save assignment"
      cancel="Close"
      submit={async (fields) => {
        const objectId = fields.text("objectId") || fields.refuse("objectId", "Enter the object id, a GUID.");
        await adminApi.saveEntraAssignment({
          objectId,
          tenantId: fields.text("tenantId"),
          principalType: fields.text("principalType"),
          clientIds: fields
            .text("clientIds")
            .split(/[\s,]+/)
            .filter(Boolean),
        });
        await read();
        say("The assignment was saved.");
        return "stay";
      }}
    >
      {assignments?.length === 0 && <p class="hint">Nobody can exchange an Entra token.</p>}
      {assignments && assignments.length > 0 && (
        <ul class="assignments">
          {assignments.map(({ principalType, objectId, clientIds }) => (
            <li key={objectId}>
              <span>
                {principalType} <code>{objectId}</code>{" "}
                <span class="hint">for {clientIds.join(", ") || "no application"}</span>
              </span>
              <Button
                class="danger"
                aria-label={`Delete assignment of ${objectId}`}
                onClick={() => void remove(objectId)}
              >
                Delete
              </Button>
            </li>
          ))}
        </ul>
      )}
      {problem.view}
      <Field label="Principal type">
        <select name="principalType">
          {Object.keys(entraPrincipalTypeVersions).map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      </Field>
      <Field label="Object id" name="objectId" hint="The id of the user, group or tenant in Entra ID." />
      <Field label="Tenant id" name="tenantId" defaultValue={tenantId} />
      <Field
        label="Client ids"
        name="clientIds"
        defaultValue={clientId}
        hint="The applications that may exchange tokens, separated by spaces."
      />
      <p role="status" class="hint">
        {said}
      </p>
    </Dialog>
  );
}
