import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { EntraDirectory } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { CopyButton, Field } from "./controls.js";
import { type Fields, Form } from "./form.js";
import { randomGuid } from "./format.js";
import { Claims } from "./inspectDialog.js";

const kinds = {
  application: {
    label: "An application, which calls the service",
    minutes: 60,
    use: "Send it as Authorization: Bearer, like the one that DefaultAzureCredential gets.",
  },
  teams: {
    label: "A Teams user, whose token getTokenForTeamsUser exchanges",
    minutes: 64,
    use: "Pass it as teamsUserAadToken.",
  },
} as const;

/** Issues Entra ID tokens of applications and of Teams users. */
export function EntraTokenForm({ directory }: { directory: EntraDirectory }): JSX.Element {
  const [kind, setKind] = useState<keyof typeof kinds>("application");
  const [token, setToken] = useState<string>();
  const [randomId] = useState(randomGuid);
  const teamsUser = directory.users.find(({ hasTeamsLicense }) => hasTeamsLicense);
  return (
    <Form
      label="Create an Entra ID token"
      action="Create token"
      submit={async (fields) => {
        setToken(await create(kind, fields));
        return undefined;
      }}
    >
      <Field label="For">
        <select
          value={kind}
          onChange={(event) => {
            setKind(event.currentTarget.value as typeof kind);
            setToken(undefined);
          }}
        >
          {Object.entries(kinds).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      {kind === "application" ? (
        <div key={kind} class="columns">
          <Field label="Scope" name="scope" placeholder="of the service itself" />
          <Field
            label="Object id"
            name="objectId"
            placeholder="00000000-0000-0000-0000-000000000000"
            hint="The user or service principal. By default, an application that has a role on the resource."
          />
        </div>
      ) : (
        <div key={kind} class="columns">
          <Field
            label="Client id"
            name="clientId"
            defaultValue={directory.clientId}
            hint="The application that asks for the exchange: clientId in the options."
          />
          <Field
            label="User object id"
            name="userObjectId"
            defaultValue={teamsUser?.objectId ?? randomId}
            hint={
              teamsUser
                ? `This is ${teamsUser.username}: userObjectId in the options.`
                : "userObjectId in the options. The tenant has no Teams user yet, so this is a random id."
            }
          />
        </div>
      )}
      <Field
        label="Lifetime in minutes"
        name="minutes"
        class="short"
        inputMode="numeric"
        placeholder={String(kinds[kind].minutes)}
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
              <span class="hint">{kinds[kind].use}</span>
            </p>
            <Claims token={token} />
          </>
        )}
      </div>
    </Form>
  );
}

function create(kind: keyof typeof kinds, fields: Fields): Promise<string> {
  const minutes = fields.number("minutes", "Enter the lifetime in whole minutes, such as 60.");
  const lifetime = minutes === undefined ? {} : { expiresInMinutes: minutes };
  if (kind === "teams")
    return adminApi.teamsUserToken({
      clientId: fields.text("clientId"),
      userObjectId: fields.text("userObjectId"),
      ...lifetime,
    });
  const [scope, objectId] = [fields.text("scope"), fields.text("objectId")];
  return adminApi.entraToken({ ...(scope && { scope }), ...(objectId && { objectId }), ...lifetime });
}
