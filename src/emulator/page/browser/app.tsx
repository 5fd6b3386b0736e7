import type { JSX, VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { DialogClosed } from "./controls/dialog.js";
import { FocusKeeper, headingOf, isNowhere } from "./controls/focusKeeper.js";
import { useProblem } from "./controls/problem.js";
import { showDirections } from "./controls/visibleText.js";
import { emulatorClock } from "./emulator/emulatorClock.js";
import { EmulatorView } from "./emulator/emulatorView.js";
import { EntraPane } from "./entra/entraPane.js";
import { Header } from "./header/header.js";
import { ShortcutsDialog } from "./header/shortcutsDialog.js";
import { type Page, PageContext } from "./pageContext.js";
import { closeRequest, type Place, panes, shown, timeWanted } from "./place.js";
import { readNarrowing } from "./requests/narrowing.js";
import { RequestPane } from "./requests/requestPane.js";
import { RequestsPanel } from "./requests/requestsPanel.js";
import { isForPage, onEscape, rowOf } from "./requests/shortcuts.js";
import { SettingsPane } from "./settings/settingsPane.js";
import { Signal, useSignal } from "./signal.js";
import { SimulatePane } from "./simulate/simulatePane.js";
import { UsersPanel } from "./users/usersPanel.js";

const feedbackInMs = 5000;
const shownPane = ".pane:not([hidden]) > section";

showDirections();

/** It renders once. What changes are signals, so that a dialog or a click renders no list again. */
export function App(): JSX.Element {
  const [{ page, dialog, announcement, feedback }] = useState(createPage);
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    page.emulator.start(signal);
    emulatorClock.start(signal);
    new FocusKeeper().watch(document.body, signal);
    addEventListener("keydown", onEscape, { signal });
    addEventListener(
      "keydown",
      (event) => event.key === "?" && isForPage(event) && page.open(<ShortcutsDialog />),
      { signal },
    );
    // Back leads elsewhere, so a dialog closes.
    addEventListener("hashchange", () => document.querySelector("dialog")?.close(), { signal });
    return () => end.abort();
  }, []);
  useEffect(() => {
    setTitle();
    return shown.watch(setTitle);
  }, []);
  return (
    <PageContext.Provider value={page}>
      <SkipButton to="#requests">Skip to requests</SkipButton>
      <SkipButton to={shownPane}>Skip to the pane</SkipButton>
      <Header />
      <Main emulator={page.emulator} />
      <Shown signal={dialog} />
      <p id="announcement" class="visually-hidden" role="status">
        <Shown signal={announcement} />
      </p>
      <p id="feedback" aria-hidden="true">
        <Shown signal={feedback} />
      </p>
    </PageContext.Provider>
  );
}

function createPage() {
  const emulator = new EmulatorView(readNarrowing().users);
  const dialog = new Signal<VNode | undefined>(undefined);
  const announcement = new Signal<VNode | undefined>(undefined);
  const feedback = new Signal("");
  let announced = 0;
  let opened = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const announce = (text: string) => {
    // Another element each time, so that the same text is announced again.
    announced += 1;
    announcement.value = <span key={announced}>{text}</span>;
  };
  const show = (text: string) => {
    feedback.value = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      feedback.value = "";
    }, feedbackInMs);
  };
  const notify = (text: string) => {
    announce(text);
    show(text);
  };
  const report = async (text: string) => {
    notify(text);
    await emulator.refresh();
    emulator.addChange(text, true);
  };
  emulator.onReplaced = (text) => {
    closeRequest();
    // Tests can reset the emulator each second, which is said once.
    (feedback.value === text ? show : notify)(text);
    emulator.addChange(text, false);
  };
  const open = (content: VNode) => {
    const close = () => {
      // A dialog's close event can arrive after the next dialog has opened.
      if (dialog.value === current) dialog.value = undefined;
    };
    opened += 1;
    const current = (
      <DialogClosed.Provider key={opened} value={close}>
        {content}
      </DialogClosed.Provider>
    );
    dialog.value = current;
  };
  const page: Page = { emulator, open, announce, notify, report };
  return { page, dialog, announcement, feedback };
}

function Shown({ signal }: { signal: Signal<VNode | string | undefined> }): VNode | string | undefined {
  return useSignal(signal);
}

function setTitle(): void {
  document.title = `${titleOf(shown.value)} · acs-identity emulator · ${location.host}`;
}

/** A link would change the address, which says what is shown. */
function SkipButton({ to, children }: { to: string; children: string }): JSX.Element {
  return (
    <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>(to)?.focus()}>
      {children}
    </button>
  );
}

function Main({ emulator }: { emulator: EmulatorView }): JSX.Element {
  const [place, error, wanted] = [useSignal(shown), useSignal(emulator.error), useSignal(timeWanted)];
  const problem = useProblem();
  const last = useRef(place);
  /** Panes stay once they were shown, with what was entered there. */
  const visited = useRef<Set<OtherPane>>(new Set());
  if (typeof place === "string" && place !== "users" && place !== "requests") visited.current.add(place);
  // These aren't rendered again with each place. The users stay, with what was searched and opened there.
  const requests = useMemo(() => <RequestsPanel />, []);
  const users = useMemo(() => <UsersPanel />, []);
  useEffect(() => problem.show(error), [error]);
  useLayoutEffect(() => {
    const closed = last.current;
    last.current = place;
    const find = (selector: string) => document.querySelector<HTMLElement>(selector);
    if (wanted && place === "simulate") {
      timeWanted.value = undefined;
      headingOf(find("#clock-offset"))?.focus();
      // A link of the header led here, or the focus was in what is gone.
    } else if (closed !== place && (isNowhere() || find("header :focus"))) {
      if (isNowhere() && typeof closed === "number") rowOf(closed).focus();
      else headingOf(find(place === "requests" ? "#requests" : shownPane))?.focus({ preventScroll: true });
    }
  }, [place, wanted]);
  return (
    <>
      <div id="page-problem">{problem.view}</div>
      <main class={error === undefined ? "" : "stale"} data-shown={place}>
        {requests}
        <div class="pane" hidden={place !== "users" && place !== "requests"}>
          {users}
        </div>
        {[...visited.current].map((name) => (
          <div key={name} class="pane" hidden={place !== name}>
            {otherPanes[name]}
          </div>
        ))}
        {typeof place === "number" && (
          <div class="pane">
            <RequestPane number={place} />
          </div>
        )}
      </main>
    </>
  );
}

type OtherPane = Exclude<keyof typeof panes, "users">;

function titleOf(place: Place): string {
  if (typeof place === "number") return `Request ${place}`;
  return place === "requests" ? "Requests" : panes[place];
}

const otherPanes: Readonly<Record<OtherPane, JSX.Element>> = {
  simulate: <SimulatePane />,
  entra: <EntraPane />,
  settings: <SettingsPane />,
};
