import type { JSX } from "preact";
import type { ListedUser } from "../../../admin/models.js";
import { ConfirmDialog } from "../controls/confirmDialog.js";
import { Dialog } from "../controls/dialog.js";
import { Field } from "../controls/field.js";
import { adminApi, RefusedError } from "../emulator/adminApi.js";
import { nameOf, shortNameOf } from "../format.js";
import { sendToken, TokenFields } from "./tokenForm.js";

interface NewUserProps {
  /** Called when the user exists, before the lists are read again. */
  readonly onCreated: (id: string) => void;
  readonly onReported: () => void;
}

export function NewUserDialog({ onCreated, onReported }: NewUserProps): JSX.Element {
  return (
    <Dialog
      title="New user"
      action="Create user"
      onReported={onReported}
      submit={async (fields) => {
        const customId = fields.text("customId");
        const user = await sendToken(fields, ({ scopes, ...lifetime }) =>
          adminApi.createUser({
            ...(customId !== "" && { customId }),
            ...(scopes.length > 0 && { scopes }),
            ...lifetime,
          }),
        );
        const { accessToken } = user;
        onCreated(user.id);
        return `User ${shortNameOf(user)} was created${accessToken ? " with a token" : ""}`;
      }}
    >
      <TokenFields scopesHint="Clear all of them to create a user without a token." />
      <Field
        label="Custom id (of a withdrawn preview)"
        name="customId"
        placeholder="e.g. alice"
        hint="Optional."
      />
    </Dialog>
  );
}

interface UserProps {
  readonly user: ListedUser;
  readonly onDone: () => void;
}

export function IssueTokenDialog({ user, onDone }: UserProps): JSX.Element {
  return (
    <Dialog
      title="Issue token"
      action="Issue token"
      onReported={onDone}
      submit={async (fields) => {
        await sendToken(fields, (token) => adminApi.issueToken(user.id, token));
        return `User ${shortNameOf(user)} got a token`;
      }}
    >
      <p>
        <code>{nameOf(user)}</code>
      </p>
      <TokenFields />
    </Dialog>
  );
}

export function DeleteUserDialog({ user, onDone }: UserProps): JSX.Element {
  return (
    <ConfirmDialog
      title="Delete user?"
      action="Delete user"
      what={nameOf(user)}
      onChange={onDone}
      submit={async () => {
        try {
          await adminApi.deleteUser(user.id);
        } catch (error) {
          if (!(error instanceof RefusedError) || error.status !== 404) throw error;
          return `User ${shortNameOf(user)} was deleted already`;
        }
        return `User ${shortNameOf(user)} was deleted`;
      }}
    >
      The user's tokens become void at once.
    </ConfirmDialog>
  );
}
