import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { EntraDirectory } from "../../../admin/models.js";
import type { Change } from "../controls/changes.js";
import { Button, CopyButton } from "../controls/controls.js";
import { Choice, Field } from "../controls/field.js";
import { Form } from "../controls/form.js";
import { adminApi } from "../emulator/adminApi.js";
import { plural, randomGuid } from "../format.js";
import { DeleteButton } from "./deleteButton.js";

type User = EntraDirectory["users"][number];
type Application = EntraDirectory["applications"][number];

interface PrincipalsProps {
  readonly directory: EntraDirectory;
  readonly change: Change;
  /** Reads the directory again. */
  readonly read: () => Promise<void>;
}

/** Who can sign in at the Entra ID authority, and with which rights. */
export function Principals({ directory, change, read }: PrincipalsProps): JSX.Element {
  return (
    <>
      <ul class="entries">
        {directory.users.map((user) => (
          <li key={user.objectId}>
            <Principal
              {...user}
              name={user.username}
              kind="user"
              rights={rightsOfUser(user)}
              change={change}
              read={read}
            />
            <Email user={user} />
          </li>
        ))}
        {directory.applications.map((application) => (
          <li key={application.objectId}>
            <Principal
              kind="application"
              {...application}
              rights={rightsOfApplication(application, directory.permissions)}
              change={change}
              read={read}
            />
            <RedirectUris application={application} change={change} />
          </li>
        ))}
      </ul>
      <details>
        <summary>Add a user or an application</summary>
        <NewPrincipal />
      </details>
    </>
  );
}

/** What a principal needs to be let through: its name, whether it has it, and what gives or takes it. */
type Right = readonly [what: string, has: boolean, set: (has: boolean) => Promise<unknown>];

function rightsOfUser({ objectId, hasRole, hasTeamsLicense }: User): Right[] {
  const set = (part: Partial<User>) => adminApi.setEntraUser({ objectId, ...part });
  return [
    ["role", hasRole, (has) => set({ hasRole: has })],
    ["Teams license", hasTeamsLicense, (has) => set({ hasTeamsLicense: has })],
  ];
}

/** @param all - The permissions that exist, which consent is given to at once. */
function rightsOfApplication(application: Application, all: readonly string[]): Right[] {
  const { clientId, hasRole, permissions, enableIdTokenIssuance } = application;
  const set = (part: Partial<Application>) => adminApi.setEntraApplication({ clientId, ...part });
  return [
    ["role", hasRole, (has) => set({ hasRole: has })],
    ["consent", permissions.length > 0, (has) => set({ permissions: has ? all : [] })],
    ["ID tokens", enableIdTokenIssuance, (has) => set({ enableIdTokenIssuance: has })],
  ];
}

interface PrincipalProps {
  readonly name: string;
  readonly kind: string;
  readonly objectId: string;
  /** Of an application, which programs use instead of its object id. */
  readonly clientId?: string;
  readonly rights: readonly Right[];
  readonly change: Change;
  readonly read: () => Promise<void>;
}

function Principal({ name, kind, objectId, clientId, rights, change, read }: PrincipalProps): JSX.Element {
  return (
    <div class="user-head">
      <span>
        <strong>{name}</strong> <span class="hint">{kind}</span>
      </span>
      <code class="user-id muted" title={`object id ${objectId}`}>
        {clientId ?? objectId}
      </code>
      <span class="buttons">
        {rights.map(([what, has, set]) => (
          <Button
            key={what}
            class="toggle"
            aria-label={`${what} of ${name}`}
            aria-pressed={has}
            onClick={() => change(() => set(!has), `${name} has ${has ? "no " : ""}${what} now`)}
          >
            {what}
          </Button>
        ))}
        <DeleteButton what={name} remove={() => adminApi.deleteEntraPrincipal(objectId)} read={read} />
      </span>
    </div>
  );
}

function Email({ user }: { user: User }): JSX.Element {
  const { objectId, username, email } = user;
  return (
    <details>
      <summary>
        {email === username ? "Email as the user name" : email ? `Email ${email}` : "No email"}
      </summary>
      <Form
        label={`Change the email of ${username}`}
        action="Change email"
        submit={async (fields) => {
          await adminApi.setEntraUser({ objectId, email: fields.text("email") });
          return `The email of ${username} was changed`;
        }}
      >
        <Field label="Email" name="email" defaultValue={email} hint="For the scope email. Empty for none." />
      </Form>
    </details>
  );
}

interface RedirectUrisProps {
  readonly application: Application;
  readonly change: Change;
}

function RedirectUris({ application, change }: RedirectUrisProps): JSX.Element {
  const { clientId, name, redirectUris } = application;
  const save = (uris: readonly string[]) => adminApi.setEntraApplication({ clientId, redirectUris: uris });
  return (
    <details>
      <summary>{plural(redirectUris.length, "redirect URI")}</summary>
      <ul class="entries">
        {redirectUris.map((uri) => (
          <li key={uri} class="flow apart">
            <code>{uri}</code>
            <Button
              class="quiet"
              aria-label={`Remove ${uri}`}
              onClick={() =>
                change(() => save(redirectUris.filter((each) => each !== uri)), `${uri} was removed`)
              }
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <Form
        label={`Add a redirect URI to ${name}`}
        action="Add redirect URI"
        submit={async (fields) => {
          const uri = fields.text("uri");
          if (!URL.canParse(uri))
            fields.refuse("uri", "Enter an absolute URI, such as https://app.example/callback.");
          await save([...redirectUris, uri]);
          fields.reset();
          return `${uri} was added`;
        }}
      >
        <Field
          label="New redirect URI"
          name="uri"
          placeholder="https://app.example/callback"
          hint="Those of this computer are always allowed."
        />
      </Form>
    </details>
  );
}

function NewPrincipal(): JSX.Element {
  /** The settings of the application that was added last. The emulator shows its secret only here. */
  const [settings, setSettings] = useState<string>();
  return (
    <Form
      label="Add a user or an application"
      action="Add"
      submit={async (fields) => {
        const name = fields.text("name") || fields.refuse("name", "Enter a name.");
        setSettings(await add(fields.text("kind"), name));
        fields.reset();
        return `${name} was added`;
      }}
    >
      <Choice label="Kind" name="kind" options={["User", "Application"]} />
      <Field
        label="Name"
        name="name"
        placeholder="carol@contoso.com"
        hint="A user signs in with it. An application gets a client id and a secret."
      />
      <div role="status">
        {settings && (
          <>
            <pre class="well">{settings}</pre>
            <CopyButton what="settings of the new application" text={() => settings}>
              Copy settings
            </CopyButton>
          </>
        )}
      </div>
    </Form>
  );
}

/** Adds a user or an application with every right. Resolves with an application's settings. */
async function add(kind: string, name: string): Promise<string | undefined> {
  const id = randomGuid();
  if (kind === "User") {
    await adminApi.setEntraUser({ objectId: id, username: name });
    return undefined;
  }
  const secret = randomGuid();
  await adminApi.setEntraApplication({ clientId: id, name, clientSecrets: [secret] });
  return `AZURE_CLIENT_ID=${id}\nAZURE_CLIENT_SECRET=${secret}\n`;
}
