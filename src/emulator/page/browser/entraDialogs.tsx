import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { EntraDirectory } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { CopyButton, Field } from "./controls.js";
import { Dialog, type Fields } from "./dialog.js";
import { randomGuid } from "./format.js";
import { Claims } from "./inspectDialog.js";
import { usePage } from "./pageContext.js";
import { useProblem } from "./problem.js";

/** Issues an Entra ID token like the one that `DefaultAzureCredential` gets for an application. */
export function EntraTokenDialog(): JSX.Element {
  const [token, setToken] = useState<string>();
  return (
    <Dialog
      title="Entra ID token"
      action="Create token"
      cancel="Close"
      submit={async (fields) => {
        const texts = readTexts(fields, "scope", "objectId");
        setToken(await adminApi.entraToken({ ...texts, ...readMinutes(fields) }));
        return "stay";
      }}
    >
      <p class="hint">A bearer token, like the one that DefaultAzureCredential gets for an application.</p>
      <Field label="Scope" name="scope" placeholder="of the service itself" />
      <Field
        label="Object id"
        name="objectId"
        placeholder="00000000-0000-0000-0000-000000000000"
        hint="The user or service principal. By default, an application that has a role on the resource."
      />
      <LifetimeField minutes={60} />
      <NewToken token={token} hint="Send it as Authorization: Bearer." />
    </Dialog>
  );
}

/** Issues the Entra ID token of a Teams user, which `getTokenForTeamsUser` exchanges. */
export function TeamsTokenDialog(): JSX.Element {
  const { emulator } = usePage();
  const [token, setToken] = useState<string>();
  const [directory, setDirectory] = useState<EntraDirectory>();
  const problem = useProblem();
  const teamsUser = directory?.users.find(({ hasTeamsLicense }) => hasTeamsLicense);

  useEffect(() => void problem.attempt(async () => setDirectory(await adminApi.entra())), []);

  return (
    <Dialog
      title="Teams user's token"
      action="Create token"
      cancel="Close"
      submit={async (fields) => {
        const [clientId, userObjectId] = [fields.text("clientId"), fields.text("userObjectId")];
        setToken(await adminApi.teamsUserToken({ clientId, userObjectId, ...readMinutes(fields) }));
        return "stay";
      }}
    >
      <p class="hint">The Entra ID token of a Teams user, which getTokenForTeamsUser exchanges.</p>
      <Field
        label="Client id"
        name="clientId"
        defaultValue={emulator.info?.entra.clientId ?? ""}
        hint="The application that asks for the exchange: clientId in the options."
      />
      {directory && (
        <Field
          label="User object id"
          name="userId"
          defaultValue={teamsUser?.objectId ?? randomGuid()}
          hint={
            teamsUser
              ? `This is ${teamsUser.username}: userObjectId in the options.`
              : "userObjectId in the options. The tenant has no Teams user yet, so this is a random id."
          }
        />
      )}
      {problem.view}
      <LifetimeField minutes={64} />
      <NewToken token={token} hint="Pass it as teamsUserAadToken." />
    </Dialog>
  );
}

function LifetimeField({ minutes }: { minutes: number }): JSX.Element {
  return (
    <Field
      label="Lifetime in minutes"
      name="minutes"
      class="short"
      inputMode="numeric"
      placeholder={String(minutes)}
      hint="A negative lifetime gives a token that has expired."
    />
  );
}

function readMinutes(fields: Fields): { expiresInMinutes?: number } {
  const minutes = fields.number("minutes", "Enter the lifetime in whole minutes, such as 60.");
  return minutes === undefined ? {} : { expiresInMinutes: minutes };
}

function readTexts<Name extends string>(
  fields: Fields,
  ...names: readonly Name[]
): Partial<Record<Name, string>> {
  const filled = names.map((name) => [name, fields.text(name)] as const).filter(([, text]) => text !== "");
  return Object.fromEntries(filled) as Partial<Record<Name, string>>;
}

function NewToken({ token, hint }: { token: string | undefined; hint: string }): JSX.Element {
  const problem = useProblem();
  return (
    <div role="status">
      {token !== undefined && (
        <>
          <textarea readOnly rows={4} value={token} aria-label="New token" />
          <p class="columns">
            <CopyButton what="new token" text={() => token} onError={problem.show}>
              Copy token
            </CopyButton>
            <span class="hint">{hint}</span>
          </p>
          {problem.view}
          <Claims token={token} />
        </>
      )}
    </div>
  );
}
