import type { JSX } from "preact";
import { adminApi, snapshotUrl } from "./adminApi.js";
import { Field } from "./controls.js";
import { Dialog } from "./dialog.js";
import { connectionString } from "./format.js";
import { usePage } from "./pageContext.js";

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

/** Gives the second connection string, and regenerates a key. */
export function KeysDialog(): JSX.Element {
  const { announce, emulator } = usePage();
  return (
    <Dialog
      title="Access keys"
      action="Regenerate key"
      isDangerous
      cancel="Close"
      submit={async (fields) => {
        const keyType = fields.text("keyType");
        await adminApi.regenerateKey(keyType);
        return async () => {
          await emulator.refresh();
          announce(`The ${keyType.toLowerCase()} key was regenerated`);
        };
      }}
    >
      <p>
        The emulator accepts both keys. A key that you regenerate is invalid at once, and the tokens that were
        issued with it are revoked.
      </p>
      <p>
        Secondary connection string:{" "}
        <code>{connectionString(emulator.info?.secondaryConnectionString, true)}</code>
      </p>
      <Field label="Key to regenerate">
        <select name="keyType">
          <option>Primary</option>
          <option>Secondary</option>
        </select>
      </Field>
    </Dialog>
  );
}

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
