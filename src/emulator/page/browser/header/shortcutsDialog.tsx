import type { JSX } from "preact";
import { Facts } from "../controls/controls.js";
import { Dialog } from "../controls/dialog.js";

const keys = [
  ["?", "These shortcuts, from everywhere"],
  ["Tab", "The next part, and the controls of a row"],
  ["↑ ↓", "The previous and the next row of a list"],
  ["Home End", "The first and the last row"],
  ["Enter", "Opens a request, sends a form, inspects a token"],
  ["J K", "The next and the previous request, from the list or a request"],
  ["/", "The filter of the requests, from the list or a request"],
  ["Escape", "Closes a request or a dialog, and clears a search"],
] as const;

export function ShortcutsDialog(): JSX.Element {
  return (
    <Dialog title="Keyboard shortcuts" cancel="Close">
      <Facts rows={keys.map(([key, what]) => [key, what] as const)} />
    </Dialog>
  );
}
