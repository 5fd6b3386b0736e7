import type { JSX } from "preact";
import { adminApi, snapshotUrl } from "./adminApi.js";
import { Field } from "./controls.js";
import { Dialog } from "./dialog.js";
import { usePage } from "./page.js";

/** Saves the emulator's state to a file, and restores it from one. */
export function SnapshotDialog(): JSX.Element {
  const { announce, emulator } = usePage();
  return (
    <Dialog
      title="Snapshot"
      action="Restore"
      cancel="Close"
      submit={async (fields) => {
        await adminApi.restore(fields.file("file") ?? fields.refuse("file", "Choose a snapshot to restore."));
        return async () => {
          emulator.setDeleted([]);
          await emulator.refresh();
          announce("The snapshot was restored");
        };
      }}
    >
      <p>A snapshot holds all users, tokens, assignments and Entra principals, and the clock.</p>
      <p>
        <a href={snapshotUrl} download="acs-identity-snapshot.json">
          Save to a file
        </a>
      </p>
      <Field label="Snapshot file" hint="Restoring replaces everything that the emulator holds now.">
        <input type="file" name="file" accept=".json,application/json" />
      </Field>
    </Dialog>
  );
}
