import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Application, DirectoryUser } from "../../../../testing/state/entries/principals.js";
import type { EntraDirectory } from "../../../admin/models.js";
import { CopyButton } from "../controls/controls.js";
import { Choice, Field } from "../controls/field.js";
import { type Fields, Form } from "../controls/form.js";
import { adminApi } from "../emulator/adminApi.js";
import { shorten } from "../format.js";
import { Claims } from "../inspect/inspectDialog.js";
import { guidIn } from "./guid.js";
import { fullName, nameById } from "./names.js";

interface Kind {
  readonly label: string;
  /** What the field calls whose token it is. */
  readonly noun: string;
  readonly minutes: number;
  /** What to do with the token. */
  readonly use: string;
  /** Whose token can be of use. */
  readonly list: (directory: EntraDirectory) => readonly (Application | DirectoryUser)[];
}

const application: Kind = {
  label: "An application",
  noun: "Application",
  minutes: 60,
  use: "Send it as Authorization: Bearer, like the one that DefaultAzureCredential gets.",
  list: ({ applications }) => applications,
};
const teamsUser: Kind = {
  label: "A Teams user, for getTokenForTeamsUser",
  noun: "User",
  minutes: 64,
  use: "Pass it as teamsUserAadToken.",
  list: ({ users }) => users.filter(({ hasTeamsLicense }) => hasTeamsLicense),
};
const entraUser: Kind = {
  label: "An Entra user, for getTokenForEntraUser",
  noun: "User",
  minutes: 60,
  use: "Return it from the credential that getTokenForEntraUser gets.",
  list: ({ users }) => users,
};

const kinds: readonly Kind[] = [application, teamsUser, entraUser];

/** Whose token somebody wants. Each click makes another object. */
export interface Wanted {
  readonly objectId: string;
}

interface EntraTokenFormProps {
  readonly directory: EntraDirectory;
  readonly wanted: Wanted | undefined;
}

/** Issues Entra ID tokens of applications and of users. */
export function EntraTokenForm({ directory, wanted }: EntraTokenFormProps): JSX.Element {
  const [kind, setKind] = useState(application);
  const [objectId, setObjectId] = useState<string>();
  const [token, setToken] = useState<string>();
  /** Whose token the form was filled for. */
  const [filled, setFilled] = useState<Wanted>();
  const root = useRef<HTMLDivElement>(null);
  const principals = kind.list(directory);
  const principal = principals.find((each) => each.objectId === objectId) ?? principals[0];
  const choose = (chosen: Kind, id = objectId) => {
    setKind(chosen);
    setObjectId(id);
    setToken(undefined);
  };

  useLayoutEffect(() => {
    if (!wanted) return;
    const isOf = (each: Kind) => each.list(directory).some((one) => one.objectId === wanted.objectId);
    choose(isOf(kind) ? kind : (kinds.find(isOf) ?? kind), wanted.objectId);
    setFilled(wanted);
  }, [wanted]);

  // Before, the form would still grow by the fields of the kind of token, and move its button out of view.
  useLayoutEffect(() => {
    if (!filled) return;
    root.current?.scrollIntoView({ block: "nearest" });
    root.current?.querySelector<HTMLElement>("[type=submit]")?.focus();
  }, [filled]);

  // The new token would otherwise move the button that has the focus out of view.
  useLayoutEffect(() => {
    const result = token === undefined ? null : root.current?.querySelector("[role=status]");
    result?.scrollIntoView({ block: "nearest" });
    result?.querySelector("button")?.focus();
  }, [token]);

  return (
    <div ref={root}>
      <Form
        label="Create an Entra ID token"
        action="Create token"
        submit={async (fields) => {
          const chosen =
            principal ?? fields.refuse("objectId", "There is none. Add one under Users and applications.");
          setToken(await create(kind, chosen, fields));
          return undefined;
        }}
      >
        <Choice
          label="For"
          options={kinds.map(({ label }) => label)}
          chosen={kinds.indexOf(kind)}
          onChoose={(index) => choose(kinds[index] ?? kind)}
        />
        <div key={kind.label} class="columns">
          <Field class="id" label={kind.noun}>
            <select
              name="objectId"
              value={principal?.objectId}
              onChange={({ currentTarget }) => choose(kind, currentTarget.value)}
            >
              {principals.map((each) => (
                <option key={each.objectId} value={each.objectId}>
                  {shorten(fullName(each))}
                </option>
              ))}
            </select>
          </Field>
          {kind !== application && (
            <Field
              class="id"
              label="Client id"
              name="clientId"
              defaultValue={directory.clientId}
              hint={`The application that gets the token. The default is ${nameById(directory, directory.clientId)}.`}
            />
          )}
          {kind === entraUser && (
            <Choice
              label="Scope"
              name="scope"
              options={[
                "https://communication.azure.com/clients/.default",
                ...directory.permissions.filter((scope) => scope.includes("/clients/")),
              ]}
            />
          )}
        </div>
        <Field
          label="Lifetime in minutes"
          name="minutes"
          class="short"
          inputMode="numeric"
          placeholder={String(kind.minutes)}
          hint="A negative lifetime gives a token that has expired."
        />
        <div role="status">
          {token !== undefined && (
            <>
              <Field label="New token">
                <textarea readOnly rows={4} value={token} />
              </Field>
              <p class="flow">
                <CopyButton what="token just created" text={() => token}>
                  Copy token
                </CopyButton>
                <span class="hint">{kind.use}</span>
              </p>
              <Claims token={token} />
            </>
          )}
        </div>
      </Form>
    </div>
  );
}

function create(kind: Kind, principal: Application | DirectoryUser, fields: Fields): Promise<string> {
  const { tenantId, objectId } = principal;
  const minutes = fields.number("minutes", "Enter the lifetime in whole minutes, such as 60.");
  const lifetime = minutes === undefined ? {} : { expiresInMinutes: minutes };
  if ("clientId" in principal)
    return adminApi.entraToken({ tenantId, objectId, clientId: principal.clientId, ...lifetime });
  const clientId = guidIn(fields, "clientId", "client id");
  if (kind === teamsUser) return adminApi.teamsUserToken({ clientId, userObjectId: objectId, ...lifetime });
  return adminApi.entraToken({ scope: fields.text("scope"), tenantId, objectId, clientId, ...lifetime });
}
