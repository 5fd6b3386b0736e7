import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { EmulatorInfo } from "../../../admin/models.js";
import { shellsOf } from "../../../environment/shells.js";
import { Button, CopyButton, withBreaks } from "../controls/controls.js";
import { offsetsOf } from "../emulator/emulatorClock.js";
import { useSeconds } from "../emulator/useNow.js";
import { connectionString, formatNumber, formatTime, isWindows, plural } from "../format.js";
import { recall, remember } from "../memory.js";
import { usePage } from "../pageContext.js";
import { addressOf, type PaneName, type Place, panes, shown, timeWanted } from "../place.js";
import { outcomeOf } from "../requests/requests.js";
import { checks } from "../settings/settingsPane.js";
import { useSignal } from "../signal.js";
import { language } from "./language.js";
import { LanguageChoice } from "./languageChoice.js";
import { shellText } from "./shellText.js";
import { ShortcutsDialog } from "./shortcutsDialog.js";

/** The panes, what isn't as usual, and how to connect. */
export function Header(): JSX.Element {
  const { emulator, open } = usePage();
  const info = useSignal(emulator.info);
  const requests = useSignal(emulator.requests);
  const place = useSignal(shown);
  const failed = useMemo(
    () => requests?.filter((each) => outcomeOf(each) === "failure").length ?? 0,
    [requests],
  );
  return (
    <header class="top">
      <h1>
        acs-identity <span class="light">emulator</span>
      </h1>
      <nav class="flow" aria-label="Panes">
        <PaneLink place="requests">
          Requests{" "}
          {failed > 0 && (
            <span class="failed number">
              {formatNumber(failed)} <span>failed</span>
            </span>
          )}
        </PaneLink>
        {typeof place === "number" && <PaneLink place={place}>Request {place}</PaneLink>}
        {(Object.keys(panes) as PaneName[]).map((name) => (
          <PaneLink key={name} place={name}>
            {panes[name]}{" "}
            {name === "users" && <span class="light number">{info && formatNumber(info.users)}</span>}
          </PaneLink>
        ))}
      </nav>
      {info && <Unusual info={info} />}
      <p class="helpers flow">
        <a class="help chip" href="/help" target="_blank" rel="noopener">
          Help
        </a>
        <Button class="quiet" aria-keyshortcuts="?" onClick={() => open(<ShortcutsDialog />)}>
          Shortcuts
        </Button>
      </p>
      <Connection info={info} />
    </header>
  );
}

function PaneLink({
  place,
  children,
}: {
  place: Place;
  children: JSX.Element["props"]["children"];
}): JSX.Element {
  // Narrow windows show an open request in the place of the list.
  const current = useSignal(shown);
  const isCurrent = place === current || (place === "requests" && typeof current === "number");
  return (
    <a
      class={typeof place === "number" ? "open-request" : place}
      href={addressOf(place)}
      aria-current={isCurrent && "page"}
    >
      {children}
    </a>
  );
}

/** Each of these links to where it ends. */
function Unusual({ info }: { info: EmulatorInfo }): JSX.Element {
  const { faults, strictness } = info;
  const now = useSeconds();
  const offsets = offsetsOf(info);
  return (
    <p class="unusual flow">
      {faults > 0 && (
        <a class="chip warn" href={addressOf("simulate")}>
          {plural(faults, "fault")} active
        </a>
      )}
      {strictness !== "standard" && (
        <a
          class={strictness === "loose" ? "chip warn" : "chip"}
          href={addressOf("settings")}
          title={checks[strictness]}
        >
          {strictness} checks
        </a>
      )}
      <a
        class={offsets.length > 0 ? "chip number warn" : "chip number"}
        href={addressOf("simulate")}
        onClick={() => {
          timeWanted.value = {};
        }}
      >
        <span class="wide">Time </span>
        {[formatTime(now, now), ...offsets].join(", ")}
      </a>
    </p>
  );
}

function Connection({ info }: { info: EmulatorInfo | undefined }): JSX.Element {
  const [showsKey, setShowsKey] = useState(false);
  const chosen = useSignal(language);
  const [isFolded, setFolded] = useState(() => recall("connection") === "folded");
  const fold = (folded: boolean) => {
    setFolded(folded);
    remember("connection", folded ? "folded" : "");
  };
  const whole = connectionString(info?.connectionString, true);
  if (isFolded)
    return (
      <Button class="quiet" aria-expanded={false} onClick={() => fold(false)}>
        Connection string
      </Button>
    );
  return (
    <div class="connection">
      <code id="connection-string" class="well wide" tabIndex={showsKey ? 0 : undefined}>
        {withBreaks(connectionString(info?.connectionString, showsKey))}
      </code>
      <span class="buttons">
        <CopyButton class="primary" what="connection string" text={() => whole}>
          Copy connection string
        </CopyButton>
        {info &&
          shellsOf(isWindows() ? "win32" : "linux").map((shell) => (
            <CopyButton
              key={shell}
              what={`for ${shell}: connection string`}
              text={() =>
                shellText(chosen, shell, {
                  connectionString: whole,
                  certificateFile: info.certificateFile,
                })
              }
            >
              Copy for {shell}
            </CopyButton>
          ))}
        <LanguageChoice class="wide" label="Language of the program that the shell starts" />
        <Button id="show-key" class="wide quiet" onClick={() => setShowsKey(!showsKey)}>
          {showsKey ? "Hide key" : "Show key"}
        </Button>
        <Button
          class="wide quiet"
          aria-expanded
          aria-label="Collapse the connection string"
          onClick={() => fold(true)}
        >
          Collapse
        </Button>
      </span>
    </div>
  );
}
