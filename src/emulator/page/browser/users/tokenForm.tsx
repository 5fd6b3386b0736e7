import type { JSX } from "preact";
import { communicationIdentityTokenScopeVersions } from "../../../../generated/enumVersions.js";
import { Field } from "../controls/field.js";
import type { Fields } from "../controls/form.js";
import type { TokenRequest } from "../emulator/adminApi.js";

const knownScopes = Object.keys(communicationIdentityTokenScopeVersions);

/** The last choice, which is likely to be the next one, too. */
let lastScopes: readonly string[] = ["voip"];

/** The fields for the scopes and the lifetime of a token. The service decides which values are valid. */
export function TokenFields({ scopesHint }: { scopesHint?: string }): JSX.Element {
  return (
    <>
      <fieldset>
        <legend>Scopes</legend>
        <div class="columns">
          {knownScopes.map((scope) => (
            <label key={scope} class="flow">
              <input type="checkbox" name="scope" value={scope} defaultChecked={lastScopes.includes(scope)} />{" "}
              {scope}
            </label>
          ))}
        </div>
        {scopesHint && <p class="hint">{scopesHint}</p>}
      </fieldset>
      <Field
        label="Other scope"
        name="otherScope"
        placeholder="e.g. a new scope"
        hint="Optional. The service rejects a scope that it doesn't know."
      />
      <Field
        label="Lifetime in minutes"
        name="minutes"
        class="short"
        inputMode="numeric"
        placeholder="1440"
        hint="60 to 1440. The default is 1440, which is one day."
      />
    </>
  );
}

/**
 * Sends what was entered. Once the service has accepted it, the same scopes are preselected next time.
 * @throws Error if the lifetime isn't a number.
 */
export async function sendToken<Result>(
  fields: Fields,
  send: (token: TokenRequest & { readonly scopes: readonly string[] }) => Promise<Result>,
): Promise<Result> {
  const scopes = [...fields.all("scope"), ...fields.all("otherScope")].filter((scope) => scope !== "");
  const expiresInMinutes = fields.number("minutes", "Enter the lifetime in whole minutes, such as 60.");
  const result = await send({ scopes, ...(expiresInMinutes !== undefined && { expiresInMinutes }) });
  lastScopes = fields.all("scope");
  return result;
}
