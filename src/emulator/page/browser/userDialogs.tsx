import type { JSX } from "preact";
import type { ListedUser } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Field } from "./controls.js";
import { Dialog } from "./dialog.js";
import { rememberToken } from "./knownTokens.js";
import { readTokenFields, rememberScopes, TokenFields } from "./tokenForm.js";

interface NewUserProps {
  readonly onDone: (id: string, hasToken: boolean) => void;
}

export function NewUserDialog({ onDone }: NewUserProps): JSX.Element {
  return (
    <Dialog
      title="New user"
      action="Create user"
      submit={async (fields) => {
        const customId = fields.text("customId");
        const { scopes, ...lifetime } = readTokenFields(fields);
        const { id, accessToken } = await adminApi.createUser({
          ...(customId !== "" && { customId }),
          ...(scopes.length > 0 && { scopes }),
          ...lifetime,
        });
        if (accessToken) rememberToken(accessToken);
        rememberScopes(fields);
        return () => onDone(id, accessToken !== undefined);
      }}
    >
      <Field
        label="Custom id"
        name="customId"
        placeholder="e.g. alice"
        hint="Optional. No two users have the same one."
      />
      <TokenFields scopesHint="Clear all of them to create a user without a token." />
    </Dialog>
  );
}

interface IssueTokenProps {
  readonly id: string;
  readonly name: string;
  readonly onDone: (id: string, name: string) => void;
}

export function IssueTokenDialog({ id, name, onDone }: IssueTokenProps): JSX.Element {
  return (
    <Dialog
      title="Issue token"
      action="Issue token"
      submit={async (fields) => {
        rememberToken(await adminApi.issueToken(id, readTokenFields(fields)));
        rememberScopes(fields);
        return () => onDone(id, name);
      }}
    >
      <p>
        <code>{name}</code>
      </p>
      <TokenFields />
    </Dialog>
  );
}

interface DeleteUserProps {
  readonly user: ListedUser;
  readonly name: string;
  readonly onDone: (user: ListedUser, name: string) => void;
}

export function DeleteUserDialog({ user, name, onDone }: DeleteUserProps): JSX.Element {
  return (
    <Dialog
      title="Delete user?"
      action="Delete user"
      isDangerous
      submit={async () => {
        await adminApi.deleteUser(user.id);
        return () => onDone(user, name);
      }}
    >
      <p>
        <code>{name}</code>
      </p>
      <p>The user's tokens become void at once. This can't be undone.</p>
    </Dialog>
  );
}
