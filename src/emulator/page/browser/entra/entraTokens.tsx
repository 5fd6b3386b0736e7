import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { EntraDirectory } from "../../../admin/models.js";
import { CopyButton } from "../controls/controls.js";
import { Choice, Field } from "../controls/field.js";
import { type Fields, Form } from "../controls/form.js";
import { adminApi } from "../emulator/adminApi.js";
import { Claims } from "../inspect/inspectDialog.js";

const kinds = {
  application: {
    label: "An application",
    objectHint: "The user or service principal. By default, an application that has a role on the resource.",
    minutes: 60,
    use: "Send it as Authorization: Bearer, like the one that DefaultAzureCredential gets.",
  },
  teams: {
    label: "A Teams user, for getTokenForTeamsUser",
    objectHint: "The Teams user: userObjectId in the options.",
    minutes: 64,
    use: "Pass it as teamsUserAadToken.",
  },
} as const;

type KindName = keyof typeof kinds;

const kindNames = Object.keys(kinds) as KindName[];

/** Issues Entra ID tokens of applications and of Teams users. */
export function EntraTokenForm({ directory }: { directory: EntraDirectory }): JSX.Element {
  const [kind, setKind] = useState<KindName>("application");
  const [token, setToken] = useState<string>();
  const { objectHint, minutes, use } = kinds[kind];
  const teamsUser = directory.users.find(({ hasTeamsLicense }) => hasTeamsLicense);
  const choose = (index: number) => {
    setKind(kindNames[index] ?? kind);
    setToken(undefined);
  };
  return (
    <Form
      label="Create an Entra ID token"
      action="Create token"
      submit={async (fields) => {
        setToken(await create(kind, fields));
        return undefined;
      }}
    >
      <Choice
        label="For"
        options={kindNames.map((name) => kinds[name].label)}
        chosen={kindNames.indexOf(kind)}
        onChoose={choose}
      />
      <div key={kind} class="columns">
        {kind === "application" && <Field label="Scope" name="scope" placeholder="of the service itself" />}
        <Field class="id" label="Client id" name="clientId" defaultValue={directory.clientId} />
        <Field
          class="id"
          label="Object id"
          name="objectId"
          defaultValue={kind === "teams" ? (teamsUser?.objectId ?? "") : ""}
          hint={objectHint}
        />
      </div>
      <Field
        label="Lifetime in minutes"
        name="minutes"
        class="short"
        inputMode="numeric"
        placeholder={String(minutes)}
        hint="A negative lifetime gives a token that has expired."
      />
      <div role="status">
        {token !== undefined && (
          <>
            <textarea readOnly rows={4} value={token} aria-label="New token" />
            <p class="flow">
              <CopyButton what="token just created" text={() => token}>
                Copy token
              </CopyButton>
              <span class="hint">{use}</span>
            </p>
            <Claims token={token} />
          </>
        )}
      </div>
    </Form>
  );
}

function create(kind: KindName, fields: Fields): Promise<string> {
  const minutes = fields.number("minutes", "Enter the lifetime in whole minutes, such as 60.");
  const lifetime = minutes === undefined ? {} : { expiresInMinutes: minutes };
  const [scope, clientId, objectId] = [
    fields.text("scope"),
    fields.text("clientId"),
    fields.text("objectId"),
  ];
  if (kind === "teams") return adminApi.teamsUserToken({ clientId, userObjectId: objectId, ...lifetime });
  return adminApi.entraToken({
    ...(scope && { scope }),
    ...(clientId && { clientId }),
    ...(objectId && { objectId }),
    ...lifetime,
  });
}
