import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { EntraDirectory } from "../../admin/answers.js";
import { adminApi } from "./adminApi.js";
import { Button, CopyButton, Field } from "./controls.js";
import { Dialog, type Fields } from "./dialog.js";
import { useProblem } from "./problem.js";

/** Lists who can sign in at the Entra ID authority, deletes them, and adds a user or an application. */
export function DirectoryDialog(): JSX.Element {
  const [directory, setDirectory] = useState<EntraDirectory>();
  const [said, say] = useState("");
  /** The settings of the application that was added last. The emulator shows its secret only here. */
  const [added, setAdded] = useState<string>();
  const problem = useProblem();

  const read = async () => setDirectory(await adminApi.entra());
  const remove = (objectId: string, name: string) =>
    problem.attempt(async () => {
      await adminApi.deleteEntraPrincipal(objectId);
      await read();
      say(`${name} was deleted.`);
    });

  const setRole = (objectId: string, clientId: string | undefined, hasRole: boolean, name: string) =>
    problem.attempt(async () => {
      await adminApi.setRole(clientId === undefined ? { objectId } : { clientId }, hasRole);
      await read();
      say(`${name} ${hasRole ? "has a role" : "has no role"} now.`);
    });

  useEffect(() => void problem.attempt(read), []);

  const principals = directory && [
    ...directory.users.map(({ username, ...user }) => ({
      ...user,
      name: username,
      kind: "user",
      clientId: undefined,
    })),
    ...directory.applications.map((each) => ({ ...each, kind: "application", hasTeamsLicense: false })),
  ];
  return (
    <Dialog
      title="Users and applications of Entra ID"
      action="Add"
      cancel="Close"
      submit={async (fields) => {
        const { message, settings } = await add(fields);
        say(message);
        setAdded(settings);
        await read();
        return "stay";
      }}
    >
      <ul class="principals">
        {principals?.map(({ objectId, clientId, name, kind, hasRole, hasTeamsLicense }) => (
          <li key={objectId}>
            <span>
              {name}{" "}
              {clientId && (
                <>
                  client id <code>{clientId}</code>, object id{" "}
                </>
              )}
              <code>{objectId}</code>{" "}
              <span class="hint">
                {kind}, {hasRole ? "has a role" : "no role"}
                {hasTeamsLicense && ", Teams license"}
              </span>
            </span>
            <Button
              aria-label={`${hasRole ? "Take the role of" : "Give a role to"} ${name}`}
              onClick={() => void setRole(objectId, clientId, !hasRole, name)}
            >
              {hasRole ? "Take role" : "Give role"}
            </Button>
            <Button class="danger" aria-label={`Delete ${name}`} onClick={() => void remove(objectId, name)}>
              Delete
            </Button>
          </li>
        ))}
      </ul>
      {problem.view}
      <Field label="Kind">
        <select name="kind">
          <option value="user">User</option>
          <option value="application">Application</option>
        </select>
      </Field>
      <Field
        label="Name"
        name="name"
        placeholder="carol@contoso.com"
        hint="A user signs in with it. An application gets a client id and a secret."
      />
      <p>
        <label>
          <input type="checkbox" name="grants" value="role" defaultChecked /> Role on the resource
        </label>{" "}
        <label>
          <input type="checkbox" name="grants" value="teams" defaultChecked /> Teams license (users)
        </label>
      </p>
      <p role="status" class="hint">
        {said}
      </p>
      {added && (
        <p>
          <CopyButton what="new application's settings" text={() => added} onError={problem.show}>
            Copy settings
          </CopyButton>
        </p>
      )}
    </Dialog>
  );
}

/** Adds the user or application that was entered. Resolves with the message to show and an application's settings. */
async function add(fields: Fields): Promise<{ message: string; settings?: string }> {
  const name = fields.text("name") || fields.refuse("name", "Enter a name.");
  const grants = fields.all("grants");
  const hasRole = grants.includes("role");
  const id = crypto.randomUUID();
  if (fields.text("kind") === "user") {
    await adminApi.addEntraUser({
      objectId: id,
      username: name,
      hasRole,
      hasTeamsLicense: grants.includes("teams"),
    });
    return { message: `${name} was added.` };
  }
  const secret = crypto.randomUUID();
  await adminApi.addEntraApplication({ clientId: id, name, clientSecrets: [secret], hasRole });
  const settings = [`AZURE_CLIENT_ID=${id}`, `AZURE_CLIENT_SECRET=${secret}`];
  return { message: `${name} was added: ${settings.join(" ")}`, settings: `${settings.join("\n")}\n` };
}
