import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ConfirmDialog } from "../controls/confirmDialog.js";
import { Button, CopyButton, Facts, Pane, Part } from "../controls/controls.js";
import { Dialog } from "../controls/dialog.js";
import { Field } from "../controls/field.js";
import { adminApi, snapshotUrl } from "../emulator/adminApi.js";
import { connectionString, endpoint, isWellKnown, keyIn, shortKey } from "../format.js";
import { usePage } from "../pageContext.js";
import { useSignal } from "../signal.js";

export const checks = {
  strict: "Strict: requests that deviate from the documentation in any way are refused.",
  standard: "Default: known quirks of the official clients in signatures are accepted.",
  loose: "Loose: any API version, bearer token and content type is accepted, too.",
} as const;

const keyTypes = ["Primary", "Secondary"] as const;

type KeyType = (typeof keyTypes)[number];

/** The access keys, the emulator's whole state, and what it is. */
export function SettingsPane(): JSX.Element {
  const { emulator, open } = usePage();
  const info = useSignal(emulator.info);
  const endpointText = (
    <>
      <code id="endpoint">{endpoint}</code>
      <CopyButton class="quiet" what="endpoint" text={() => endpoint}>
        Copy endpoint
      </CopyButton>
    </>
  );
  return (
    <Pane title="Settings">
      <Part title="Access keys">
        <p class="hint">The emulator accepts both. Regenerate them in turn to rehearse a rotation.</p>
        {keyTypes.map((keyType) => (
          <Key key={keyType} keyType={keyType} />
        ))}
      </Part>
      <Part title="State">
        <p class="hint">Users, tokens, assignments, Entra principals and the clock.</p>
        <div class="buttons">
          <a class="button" href={snapshotUrl} download="acs-identity-snapshot.json">
            Save snapshot
          </a>
          <Button onClick={() => open(<RestoreDialog />)}>Restore snapshot…</Button>
          <Button class="danger" onClick={() => open(<ResetDialog />)}>
            Reset all…
          </Button>
        </div>
      </Part>
      <Part title="This emulator">
        <Facts
          rows={[
            ["Version", info?.version],
            ["Endpoint", endpointText],
            ["Resource", <code key="id">{info?.resourceId}</code>],
            ["Checks", info && checks[info.strictness]],
          ]}
        />
      </Part>
    </Pane>
  );
}

function Key({ keyType }: { keyType: KeyType }): JSX.Element {
  const { emulator, open } = usePage();
  /** The key that was replaced here. */
  const [former, setFormer] = useState<string>();
  const [showsKey, setShowsKey] = useState(false);
  const { connectionString: primary, secondaryConnectionString: secondary } = useSignal(emulator.info) ?? {};
  const [mine, other] = keyType === "Primary" ? [primary, secondary] : [secondary, primary];
  const connection = connectionString(mine, true);
  const [key, otherKey] = [keyIn(mine), keyIn(other)];
  // The page learns the new one when it reads everything again.
  const isNew = former !== undefined && key !== former;
  const name = `${keyType.toLowerCase()} key`;
  const regenerateDialog = (
    <ConfirmDialog
      title={`Regenerate the ${name}?`}
      action="Regenerate"
      submit={async () => {
        await adminApi.regenerateKey(keyType);
        setFormer(key);
        return `The ${name} was regenerated`;
      }}
    >
      The present one is invalid at once, and the tokens that were issued with it are revoked.
    </ConfirmDialog>
  );
  return (
    <div class="access-key">
      <div class="flow">
        <strong>{keyType}</strong>
        <code class="well">{showsKey ? connection : shortKey(key, otherKey)}</code>
        <Button
          class="quiet"
          aria-label={`${showsKey ? "Hide" : "Show"} the ${name}`}
          onClick={() => setShowsKey(!showsKey)}
        >
          {showsKey ? "Hide" : "Show"}
        </Button>
        {isWellKnown(key) && <span class="chip">well-known</span>}
        <span class="buttons">
          <CopyButton
            class={isNew ? "primary" : ""}
            what={`connection string with the ${name}`}
            text={() => connection}
          >
            Copy connection string
          </CopyButton>
          <CopyButton class="quiet" what={`key, ${keyType.toLowerCase()}`} text={() => key}>
            Copy key
          </CopyButton>
          <Button
            class="quiet danger"
            aria-label={`Regenerate… the ${name}`}
            onClick={() => open(regenerateDialog)}
          >
            Regenerate…
          </Button>
        </span>
      </div>
      {isNew && (
        <p class="verdict">
          The {name} is new. Apps with the former one get 401 from now on: give them the new connection
          string.
        </p>
      )}
    </div>
  );
}

function ResetDialog(): JSX.Element {
  const { emulator } = usePage();
  return (
    <ConfirmDialog
      title="Reset all?"
      action="Reset all"
      submit={async () => {
        await emulator.replace(adminApi.reset);
        return "Everything was reset";
      }}
    >
      This deletes all users, tokens, requests and faults, and sets the clock, both keys and Entra ID back.
      What the emulator was started with comes back.
    </ConfirmDialog>
  );
}

function RestoreDialog(): JSX.Element {
  const { emulator } = usePage();
  return (
    <Dialog
      title="Restore snapshot"
      action="Restore"
      submit={async (fields) => {
        const file = fields.file("file") ?? fields.refuse("file", "Choose a snapshot to restore.");
        await emulator.replace(() => adminApi.restore(file));
        return "The snapshot was restored";
      }}
    >
      <Field label="Snapshot file" hint="Restoring replaces everything that the emulator holds now.">
        <input type="file" name="file" accept=".json,application/json" />
      </Field>
    </Dialog>
  );
}
