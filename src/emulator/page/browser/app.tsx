import type { JSX, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { DialogClosed } from "./dialog.js";
import { emulatorClock } from "./emulatorClock.js";
import { EmulatorView } from "./emulatorView.js";
import { Header } from "./header.js";
import { PageContext } from "./pageContext.js";
import { useProblem } from "./problem.js";
import { RequestsPanel } from "./requestsPanel.js";
import { UsersPanel } from "./usersPanel.js";

export function App(): JSX.Element {
  const [emulator] = useState(() => new EmulatorView());
  const [dialog, setDialog] = useState<{ readonly content: VNode; readonly number: number }>();
  const [announcement, announce] = useState("");
  const problem = useProblem();

  useEffect(() => {
    emulator.start();
    emulatorClock.start();
  }, [emulator]);

  useEffect(() => problem.show(emulator.error), [emulator.error]);

  // A dialog's close event can arrive after the next dialog has opened.
  const removeDialog = () => setDialog((current) => (current === dialog ? undefined : current));
  const open = (content: VNode) => setDialog((last) => ({ content, number: (last?.number ?? 0) + 1 }));
  const page = { emulator, open, announce };
  return (
    <PageContext.Provider value={page}>
      <a class="skip" href="#users">
        Skip to users
      </a>
      <a class="skip" href="#requests">
        Skip to requests
      </a>
      <Header problem={problem} />
      <div id="page-problem">{problem.view}</div>
      <main class={emulator.error === undefined ? "" : "stale"}>
        <UsersPanel />
        <RequestsPanel />
      </main>
      {dialog && (
        <DialogClosed.Provider key={dialog.number} value={removeDialog}>
          {dialog.content}
        </DialogClosed.Provider>
      )}
      <p id="announcement" class="visually-hidden" role="status">
        {announcement}
      </p>
    </PageContext.Provider>
  );
}
