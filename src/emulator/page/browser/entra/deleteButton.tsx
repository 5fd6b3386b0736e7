import type { JSX } from "preact";
import { ConfirmDialog } from "../controls/confirmDialog.js";
import { Button } from "../controls/controls.js";
import { usePage } from "../pageContext.js";

interface DeleteButtonProps {
  /** What is deleted, such as `alice@contoso.com`. */
  readonly what: string;
  readonly remove: () => Promise<unknown>;
  /** Reads the directory again. */
  readonly read: () => Promise<void>;
}

export function DeleteButton({ what, remove, read }: DeleteButtonProps): JSX.Element {
  const { open } = usePage();
  const submit = async () => {
    await remove();
    await read();
    return `${what} was deleted`;
  };
  return (
    <Button
      class="quiet danger"
      aria-label={`Delete ${what}`}
      onClick={() => open(<ConfirmDialog title="Delete?" action="Delete" what={what} submit={submit} />)}
    >
      Delete
    </Button>
  );
}
