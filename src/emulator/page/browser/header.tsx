import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { EmulatorInfo } from "../../admin/models.js";
import { certificateComment, environmentLines } from "../../entra/environment.js";
import { connectionVariable, shellLines } from "../../shells.js";
import { EntraAssignmentsDialog, TeamsAssignmentsDialog } from "./assignmentsDialog.js";
import { ClockPanel } from "./clockPanel.js";
import { Button, CopyButton } from "./controls.js";
import { DirectoryDialog } from "./directoryDialog.js";
import { requestsPerPage } from "./emulatorView.js";
import { EntraTokenDialog, TeamsTokenDialog } from "./entraDialogs.js";
import { FaultsDialog } from "./faultsDialog.js";
import { connectionString, endpoint, plural } from "./format.js";
import { usePage } from "./pageContext.js";
import type { ProblemBox } from "./problem.js";
import { isFailure } from "./requestRow.js";
import { KeysDialog, ResetDialog, SnapshotDialog } from "./stateDialogs.js";

const strictnessHints = {
  strict: ["Strict checks", "The emulator rejects requests that deviate from the documentation in any way."],
  standard: [
    "Default checks",
    "The emulator accepts the known quirks of the official clients in signatures.",
  ],
  loose: ["Loose checks", "The emulator also accepts any API version, bearer token and content type."],
} as const;

/** As in `process.platform`, of the machine with the browser: the reader's shell is on it. */
const platform = navigator.userAgent.includes("Windows") ? "win32" : "other";

/** Shows how to connect, and the emulator's settings and time. */
export function Header({ problem }: { problem: ProblemBox }): JSX.Element {
  const { emulator, open } = usePage();
  const { info, requests = [] } = emulator;
  const [strictness, hint] = info ? strictnessHints[info.strictness] : [];
  const faults = info?.faults ?? 0;
  const failed = requests.slice(0, requestsPerPage).filter(isFailure).length;
  return (
    <header class="top">
      <div class="top-line flow">
        <h1>
          acs-identity <span class="light">emulator</span>
        </h1>
        <p class="tools flow">
          <span id="version" class="muted">
            {info?.version}
          </span>
          {info && (
            <span
              id="strictness"
              class={`chip ${info.strictness === "loose" ? "warn" : info.strictness}`}
              title={hint}
            >
              {strictness}
            </span>
          )}
          <a id="jump" href="#requests">
            {failed === 0 ? "Requests" : `Requests (${failed} failed)`}
          </a>
        </p>
        <p class="tools flow">
          <Button id="faults" class={faults > 0 ? "warn" : ""} onClick={() => open(<FaultsDialog />)}>
            {faults === 0 ? "Faults" : `${plural(faults, "fault")} waiting`}
          </Button>
          <Button onClick={() => open(<KeysDialog />)}>Keys</Button>
          <Button onClick={() => open(<SnapshotDialog />)}>Snapshot</Button>
          <Button class="danger" onClick={() => open(<ResetDialog />)}>
            Reset all
          </Button>
        </p>
        <ClockPanel problem={problem} />
      </div>
      <Connection info={info} problem={problem} />
    </header>
  );
}

interface ConnectionProps {
  readonly info: EmulatorInfo | undefined;
  readonly problem: ProblemBox;
}

function Connection({ info, problem }: ConnectionProps): JSX.Element {
  const { open } = usePage();
  const [showsKey, setShowsKey] = useState(false);
  const isHttps = location.protocol === "https:";
  return (
    <dl class="connection">
      <div>
        <dt>Connection string</dt>
        <dd>
          <code id="connection-string" class="well">
            {connectionString(info?.connectionString, showsKey)}
          </code>
          <span class="buttons">
            <Button id="show-key" aria-pressed={showsKey} onClick={() => setShowsKey(!showsKey)}>
              Show key
            </Button>
            {info &&
              shellLines(connectionVariable, connectionString(info?.connectionString, true), platform).map(
                ({ shell, line }) => (
                  <CopyButton
                    key={shell}
                    class="primary"
                    what={`connection string for ${shell}`}
                    text={() => line}
                    onError={problem.show}
                  >
                    Copy for {shell}
                  </CopyButton>
                ),
              )}
            {info && (
              <CopyButton
                what="connection string"
                text={() => connectionString(info?.connectionString, true)}
                onError={problem.show}
              />
            )}
          </span>
        </dd>
      </div>
      <div>
        <dt>Endpoint</dt>
        <dd>
          <code id="endpoint" class="well">
            {endpoint}
          </code>
          <CopyButton id="copy-endpoint" what="endpoint" text={() => endpoint} onError={problem.show} />
        </dd>
      </div>
      <div>
        <dt>Entra ID</dt>
        <dd>
          <code id="entra-authority" class="well">
            {isHttps ? location.origin : "needs --https"}
          </code>
          <span class="buttons">
            {info && isHttps && (
              <CopyButton
                what="settings for Entra ID"
                // Like the endpoint, the authority has the origin of the page.
                text={() =>
                  environmentLines({ ...info.entra, authorityHost: location.origin })
                    .concat(certificateComment, "")
                    .join("\n")
                }
                onError={problem.show}
              >
                Copy .env
              </CopyButton>
            )}
            <Button onClick={() => open(<DirectoryDialog />)}>Directory</Button>
            <Button onClick={() => open(<EntraTokenDialog />)}>Entra token</Button>
            <Button onClick={() => open(<TeamsTokenDialog />)}>Teams token</Button>
            <Button onClick={() => open(<TeamsAssignmentsDialog />)}>Teams assignments</Button>
            <Button onClick={() => open(<EntraAssignmentsDialog />)}>Entra assignments</Button>
          </span>
        </dd>
      </div>
    </dl>
  );
}
