import type { JSX } from "preact";
import { adminApi } from "./adminApi.js";
import { Dialog } from "./dialog.js";
import { usePage } from "./page.js";

export function ResetDialog(): JSX.Element {
  const { announce, emulator } = usePage();
  return (
    <Dialog
      title="Reset all?"
      action="Reset all"
      isDangerous
      submit={async () => {
        await adminApi.reset();
        return async () => {
          emulator.setDeleted([]);
          await emulator.refresh();
          announce("Everything was reset");
        };
      }}
    >
      <p>
        This deletes all users, tokens, requests and faults, and sets the clock back. Users that the emulator
        was started with come back. This can't be undone.
      </p>
    </Dialog>
  );
}
