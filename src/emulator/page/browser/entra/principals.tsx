import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Application, DirectoryUser } from "../../../../testing/state/entries/principals.js";
import type { EntraDirectory } from "../../../admin/models.js";
import type { Change } from "../controls/changes.js";
import { Button, CopyButton, Whole, withBreaks } from "../controls/controls.js";
import { Choice, Field } from "../controls/field.js";
import { Form } from "../controls/form.js";
import { adminApi } from "../emulator/adminApi.js";
import { plural, randomGuid, shorten } from "../format.js";
import { DeleteButton } from "./deleteButton.js";
import type { Wanted } from "./entraTokens.js";
import { fullName } from "./names.js";

interface PrincipalsProps {
  readonly directory: EntraDirectory;
  readonly change: Change;
  /** Reads the directory again. */
  readonly read: () => Promise<void>;
  /** Called with whose token somebody wants. */
  readonly onWanted: (wanted: Wanted) => void;
}

/** Who can sign in at the Entra ID authority, and with which rights. */
export function Principals({ directory, change, read, onWanted }: PrincipalsProps): JSX.Element {
  /** The user that was added last. */
  const [fresh, setFresh] = useState<string>();
  const shared = { change, read, onWanted };
  return (
    <>
      <details>
        <summary class="button">Add a user or an application</summary>
        <NewPrincipal read={read} onUser={setFresh} />
      </details>
      <ul class="entries">
        {directory.users.map((user) => (
          <li key={user.objectId}>
            <Principal
              {...shared}
              {...user}
              name={user.username}
              title={fullName(user)}
              kind="user"
              rights={rightsOfUser(user)}
              isFresh={user.objectId === fresh}
            />
            <Email user={user} />
          </li>
        ))}
        {directory.applications.map((application) => (
          <li key={application.objectId}>
            <Principal
              {...shared}
              {...application}
              kind="application"
              rights={rightsOfApplication(application, directory.permissions)}
            />
            <RedirectUris application={application} change={change} />
          </li>
        ))}
        {directory.groups.map(({ objectId, name, members, isAssignedToClients }) => (
          <li key={objectId}>
            <Principal
              {...shared}
              objectId={objectId}
              name={name}
              kind={`group of ${plural(members.length, "user")}${isAssignedToClients ? ", assigned to the clients" : ""}`}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

/** What a principal needs to be let through: its name, whether it has it, and what gives or takes it. */
type Right = readonly [what: string, has: boolean, set: (has: boolean) => Promise<unknown>];

function rightsOfUser({ objectId, hasRole, hasTeamsLicense }: DirectoryUser): Right[] {
  const set = (part: Partial<DirectoryUser>) => adminApi.setEntraUser({ objectId, ...part });
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
  /** What tells it from others. */
  readonly name: string;
  /** The name to show, if that is another one. */
  readonly title?: string;
  readonly kind: string;
  readonly objectId: string;
  /** Of an application, which programs use instead of its object id. */
  readonly clientId?: string;
  /** Absent for a group, which gets no tokens either. */
  readonly rights?: readonly Right[];
  /** Whether it was just added here. It gets the focus then. */
  readonly isFresh?: boolean;
  readonly change: Change;
  readonly read: () => Promise<void>;
  readonly onWanted: (wanted: Wanted) => void;
}

function Principal(props: PrincipalProps): JSX.Element {
  const { title = props.name, kind, objectId, clientId, rights, isFresh = false, change, read } = props;
  const name = shorten(props.name);
  const head = useRef<HTMLDivElement>(null);
  const id = clientId ?? objectId;
  useLayoutEffect(() => {
    if (isFresh) head.current?.querySelector<HTMLElement>(".get-token")?.focus();
  }, [isFresh]);
  return (
    <div ref={head} class="user-head">
      <span>
        <strong>{shorten(title)}</strong> <span class="hint">{kind}</span>
        <Whole text={title} />
      </span>
      <span class="user-id flow id-line">
        <code class="muted" title={`object id ${objectId}`}>
          {id}
        </code>
        <CopyButton class="quiet" what={`id of ${name}`} text={() => id}>
          Copy id
        </CopyButton>
        {rights && (
          <Button
            class="get-token"
            aria-label={`Get token for ${name}`}
            onClick={() => props.onWanted({ objectId })}
          >
            Get token
          </Button>
        )}
      </span>
      <span class="buttons">
        {rights?.map(([what, has, set]) => (
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

function Email({ user }: { user: DirectoryUser }): JSX.Element {
  const { objectId, username, email } = user;
  return (
    <details>
      <summary>
        {email === username ? "Email: the same as the name" : email ? `Email ${shorten(email)}` : "No email"}
      </summary>
      <Form
        label={`Change the email of ${shorten(username)}`}
        action="Change email"
        submit={async (fields) => {
          await adminApi.setEntraUser({ objectId, email: fields.text("email") });
          return `The email of ${shorten(username)} was changed`;
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
            <span>
              <code>{withBreaks(shorten(uri))}</code>
              <Whole text={uri} />
            </span>
            <Button
              class="quiet"
              aria-label={`Remove ${shorten(uri)}`}
              onClick={() =>
                change(() => save(redirectUris.filter((each) => each !== uri)), `${shorten(uri)} was removed`)
              }
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <Form
        label={`Add a redirect URI to ${shorten(name)}`}
        action="Add redirect URI"
        submit={async (fields) => {
          const uri = fields.text("uri");
          if (!URL.canParse(uri))
            fields.refuse("uri", "Enter an absolute URI, such as https://app.example/callback.");
          await save([...redirectUris, uri]);
          fields.reset();
          return `${shorten(uri)} was added`;
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

interface NewPrincipalProps {
  readonly read: () => Promise<void>;
  /** Called with the object id of a user that was added. */
  readonly onUser: (objectId: string) => void;
}

function NewPrincipal({ read, onUser }: NewPrincipalProps): JSX.Element {
  const [kind, setKind] = useState(0);
  /** The settings of the application that was added last. The emulator shows its secret only here. */
  const [settings, setSettings] = useState<string>();
  const result = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!settings) return;
    // At the edge, the report that it was added would cover it.
    result.current?.scrollIntoView({ block: "center" });
    result.current?.querySelector("button")?.focus();
  }, [settings]);
  return (
    <Form
      label="Add a user or an application"
      action="Add"
      submit={async (fields) => {
        const name = fields.text("name") || fields.refuse("name", "Enter a name.");
        const [id, secret] = [randomGuid(), randomGuid()];
        if (kind === 0) await adminApi.setEntraUser({ objectId: id, username: name });
        else await adminApi.setEntraApplication({ clientId: id, name, clientSecrets: [secret] });
        await read();
        fields.reset();
        onUser(id);
        setSettings(kind === 0 ? undefined : `AZURE_CLIENT_ID=${id}\nAZURE_CLIENT_SECRET=${secret}\n`);
        return `${shorten(name)} was added${kind === 0 ? "" : ". Its secret is shown only once"}`;
      }}
    >
      <Choice label="Kind" name="kind" options={["User", "Application"]} chosen={kind} onChoose={setKind} />
      <Field
        label="Name"
        name="name"
        placeholder="carol@contoso.com"
        hint="A user signs in with it. An application gets a client id and a secret."
      />
      <div ref={result} role="status">
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
