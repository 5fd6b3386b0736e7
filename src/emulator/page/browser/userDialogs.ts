import { createUser, deleteUser, issueToken } from "./client.js";
import { openDialog } from "./dialog.js";
import { element } from "./dom.js";
import { field, TokenForm, textField } from "./tokenForm.js";

/** Resolves with the id of the new user and whether a token was issued; undefined when it was called off. */
export async function openNewUser(): Promise<{ id: string; hasToken: boolean } | undefined> {
  const customId = textField("e.g. alice");
  const form = new TokenForm("None: a user without a token.");
  let created: { id: string; hasToken: boolean } | undefined;
  await openDialog({
    title: "New user",
    action: "Create user",
    content: [
      field("Custom id", customId, "Optional. Goes with version 2025-03-02-preview."),
      ...form.content,
    ],
    submit: async () => {
      const [id, token] = await createUser({ customId: customId.value.trim(), ...form.read() });
      form.remember();
      created = { id, hasToken: token !== undefined };
      return true;
    },
  });
  return created;
}

/** Resolves with true when a token was issued. */
export function openIssueToken(id: string, name: string): Promise<boolean> {
  const form = new TokenForm();
  return openDialog({
    title: "Issue token",
    action: "Issue token",
    content: [forUser(name), ...form.content],
    submit: async () => {
      const { scopes, minutes } = form.read();
      await issueToken(id, scopes, minutes);
      form.remember();
      return true;
    },
  });
}

/** Resolves with true when the user was deleted. */
export function openDeleteUser(id: string, name: string): Promise<boolean> {
  return openDialog({
    title: "Delete user?",
    action: "Delete user",
    class: "primary danger",
    content: [forUser(name), element("p", {}, "Its tokens become void at once. This can't be undone.")],
    submit: async () => {
      await deleteUser(id);
      return true;
    },
  });
}

function forUser(name: string): HTMLElement {
  return element("p", {}, element("code", {}, name));
}
