import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { EntraDirectory } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Button, CopyButton, Field } from "./controls.js";
import { Dialog, type Fields } from "./dialog.js";
import { randomGuid } from "./format.js";
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

  const toggle = (name: string, { what, has, set }: Grant) =>
    problem.attempt(async () => {
      await set(!has);
      await read();
      say(`${name} ${grantText({ what, has: !has })} now.`);
    });

  useEffect(() => void problem.attempt(read), []);

  const principals = directory && [
    ...directory.users.map(userRow),
    ...directory.applications.map((each) => applicationRow(each, directory.permissions)),
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
        {principals?.map(({ objectId, clientId, name, kind, grants }) => (
          <li key={objectId}>
            <span>
              {name}{" "}
              {clientId && (
                <>
                  client id <code>{clientId}</code>, object id{" "}
                </>
              )}
              <code>{objectId}</code> <span class="hint">{[kind, ...grants.map(grantText)].join(", ")}</span>
            </span>
            <span class="buttons">
              {grants.map((grant) => (
                <Button
                  key={grant.what}
                  aria-label={
                    grant.has
                      ? `Take the ${grant.what} of ${name}`
                      : `Give ${withArticle(grant.what)} to ${name}`
                  }
                  onClick={() => void toggle(name, grant)}
                >
                  {grant.has ? "Take" : "Give"} {grant.what}
                </Button>
              ))}
              <Button
                class="danger"
                aria-label={`Delete ${name}`}
                onClick={() => void remove(objectId, name)}
              >
                Delete
              </Button>
            </span>
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

/** What a principal needs to be let through, and what gives or takes it. */
interface Grant {
  readonly what: "role" | "Teams license" | "consent";
  readonly has: boolean;
  readonly set: (has: boolean) => Promise<unknown>;
}

interface Row {
  readonly objectId: string;
  readonly clientId?: string;
  readonly name: string;
  readonly kind: string;
  readonly grants: readonly Grant[];
}

function grantText({ what, has }: Pick<Grant, "what" | "has">): string {
  return has ? `has ${withArticle(what)}` : `has no ${what}`;
}

function withArticle(what: Grant["what"]): string {
  return what === "consent" ? what : `a ${what}`;
}

type Listed<Kind extends "users" | "applications"> = EntraDirectory[Kind][number];

function userRow({ objectId, username, hasRole, hasTeamsLicense }: Listed<"users">): Row {
  const set = (change: Partial<Listed<"users">>) => adminApi.setEntraUser({ objectId, ...change });
  return {
    objectId,
    name: username,
    kind: "user",
    grants: [
      { what: "role", has: hasRole, set: (has) => set({ hasRole: has }) },
      { what: "Teams license", has: hasTeamsLicense, set: (has) => set({ hasTeamsLicense: has }) },
    ],
  };
}

/** @param all - The permissions that exist, which consent is given to at once. */
function applicationRow(application: Listed<"applications">, all: readonly string[]): Row {
  const { objectId, clientId, name, hasRole, permissions } = application;
  const set = (change: Partial<typeof application>) => adminApi.setEntraApplication({ clientId, ...change });
  return {
    objectId,
    clientId,
    name,
    kind: "application",
    grants: [
      { what: "role", has: hasRole, set: (has) => set({ hasRole: has }) },
      { what: "consent", has: permissions.length > 0, set: (has) => set({ permissions: has ? all : [] }) },
    ],
  };
}

/** Adds the user or application that was entered. Resolves with the message to show and an application's settings. */
async function add(fields: Fields): Promise<{ message: string; settings?: string }> {
  const name = fields.text("name") || fields.refuse("name", "Enter a name.");
  const grants = fields.all("grants");
  const hasRole = grants.includes("role");
  const id = randomGuid();
  if (fields.text("kind") === "user") {
    await adminApi.setEntraUser({
      objectId: id,
      username: name,
      hasRole,
      hasTeamsLicense: grants.includes("teams"),
    });
    return { message: `${name} was added.` };
  }
  const secret = randomGuid();
  await adminApi.setEntraApplication({ clientId: id, name, clientSecrets: [secret], hasRole });
  const settings = [`AZURE_CLIENT_ID=${id}`, `AZURE_CLIENT_SECRET=${secret}`];
  return { message: `${name} was added: ${settings.join(" ")}`, settings: `${settings.join("\n")}\n` };
}
