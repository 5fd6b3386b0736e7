import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  entraPrincipalTypeVersions,
  teamsExtensionPrincipalTypeVersions,
} from "../../../../generated/enumVersions.js";
import { isGuid } from "../../../../testing/validation/check.js";
import type { EntraDirectory, TeamsAssignment } from "../../../admin/models.js";
import { Choice, Field } from "../controls/field.js";
import { Form } from "../controls/form.js";
import { adminApi } from "../emulator/adminApi.js";
import { shorten } from "../format.js";
import { DeleteButton } from "./deleteButton.js";
import { guidIn } from "./guid.js";
import { nameById } from "./names.js";

interface Kind {
  readonly label: string;
  readonly types: readonly string[];
  readonly objectHint: string;
  readonly clientsHint: string;
  /** Who may exchange tokens if an assignment has no client ids. */
  readonly noClients: string;
  readonly list: (directory: EntraDirectory) => readonly TeamsAssignment[];
  readonly save: (assignment: TeamsAssignment) => Promise<unknown>;
  readonly remove: (assignment: TeamsAssignment) => Promise<unknown>;
}

const kinds: readonly Kind[] = [
  {
    label: "Entra",
    types: Object.keys(entraPrincipalTypeVersions),
    objectHint: "The id of the user, group or tenant in Entra ID.",
    clientsHint: "The applications that may exchange tokens, separated by spaces. The default is",
    noClients: "no application",
    list: ({ entraAssignments }) => entraAssignments,
    save: ({ clientIds = [], ...assignment }) =>
      adminApi.saveEntraAssignment({ ...assignment, clientIds: [...clientIds] }),
    remove: ({ objectId }) => adminApi.deleteEntraAssignment(objectId),
  },
  {
    label: "Teams extension",
    // Microsoft's guides call a resource account by another name.
    types: [...Object.keys(teamsExtensionPrincipalTypeVersions).reverse(), "teamsResourceAccount"],
    objectHint: "The id of the user or resource account in Entra ID.",
    clientsHint:
      "Optional. The applications that may exchange tokens, separated by spaces. The default is all",
    noClients: "all applications",
    list: ({ teamsAssignments }) => teamsAssignments,
    save: adminApi.saveTeamsAssignment,
    remove: adminApi.deleteTeamsAssignment,
  },
];

interface AssignmentsProps {
  readonly directory: EntraDirectory;
  /** Reads the directory again. */
  readonly read: () => Promise<void>;
}

/** Whose Entra token the service exchanges: for one of an Entra user, and for Teams Phone extensibility. */
export function Assignments({ directory, read }: AssignmentsProps): JSX.Element {
  const rows = kinds.flatMap((kind) =>
    kind.list(directory).map((assignment) => {
      return { kind, assignment, name: shorten(nameById(directory, assignment.objectId)) };
    }),
  );
  return (
    <>
      {rows.length === 0 && <p class="hint">Nobody can exchange an Entra token.</p>}
      <ul class="entries">
        {rows.map(({ kind, assignment, name }) => (
          <li key={`${kind.label} ${assignment.tenantId} ${assignment.objectId}`} class="flow apart">
            <span>
              <b>{name}</b>{" "}
              <span class="hint">
                {kind.label} · {assignment.principalType} <code>{assignment.objectId}</code> · through{" "}
                {assignment.clientIds?.map((id) => nameById(directory, id)).join(", ") || kind.noClients}
              </span>
            </span>
            <DeleteButton
              what={`${kind.label} assignment of ${name}`}
              remove={() => kind.remove(assignment)}
              read={read}
            />
          </li>
        ))}
      </ul>
      <details>
        <summary>Add or replace an assignment</summary>
        <AssignmentForm directory={directory} />
      </details>
    </>
  );
}

function AssignmentForm({ directory }: { directory: EntraDirectory }): JSX.Element {
  const [index, setIndex] = useState(0);
  const kind = kinds[index] as Kind;
  return (
    <Form
      label="Save an assignment"
      action="Save assignment"
      submit={async (fields) => {
        const tenantId = guidIn(fields, "tenantId", "tenant id");
        const objectId = guidIn(fields, "objectId", "object id");
        const clientIds = fields
          .text("clientIds")
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean);
        if (!clientIds.every(isGuid))
          fields.refuse("clientIds", "Enter client ids, which are GUIDs, separated by spaces.");
        const principalType = fields.text("principalType");
        await kind.save({ tenantId, objectId, principalType, ...(clientIds.length > 0 && { clientIds }) });
        return `The ${kind.label} assignment was saved`;
      }}
    >
      <Choice label="Kind" options={kinds.map(({ label }) => label)} chosen={index} onChoose={setIndex} />
      <Field class="id" label="Tenant id" name="tenantId" defaultValue={directory.tenantId} />
      <Field class="id" label="Object id" name="objectId" hint={kind.objectHint} />
      <Choice key={kind.label} label="Principal type" name="principalType" options={kind.types} />
      <Field
        key={index}
        class="id"
        label="Client ids"
        name="clientIds"
        defaultValue={index === 0 ? directory.clientId : ""}
        hint={`${kind.clientsHint}${index === 0 ? ` ${nameById(directory, directory.clientId)}` : ""}.`}
      />
    </Form>
  );
}
