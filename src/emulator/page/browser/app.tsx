import type { JSX, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { EmulatorView } from "./emulatorView.js";
import { Header } from "./header.js";
import { PageContext } from "./page.js";
import { useProblem } from "./problem.js";
import { RequestsPanel } from "./requestsPanel.js";
import { UsersPanel } from "./usersPanel.js";

export function App(): JSX.Element {
  const [, render] = useState({});
  const [emulator] = useState(() => new EmulatorView(() => render({})));
  const [dialog, setDialog] = useState<VNode>();
  const [announcement, announce] = useState("");
  const problem = useProblem();

  useEffect(() => {
    emulator.start();
    // Countdowns go on between two polls.
    setInterval(() => render({}), 1000);
  }, [emulator]);

  useEffect(() => problem.show(emulator.error), [emulator.error]);

  const page = { emulator, open: setDialog, removeDialog: () => setDialog(undefined), announce };
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
      {dialog}
      <p id="announcement" class="visually-hidden" role="status">
        {announcement}
      </p>
    </PageContext.Provider>
  );
}
