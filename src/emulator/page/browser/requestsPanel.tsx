import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ListedRequest } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Button } from "./controls.js";
import { requestsPerPage } from "./emulatorView.js";
import { usePage } from "./pageContext.js";
import { useProblem } from "./problem.js";
import { isFailure, matches, RequestRow } from "./requestRow.js";
import { RovingList } from "./rovingList.js";

/** How many requests a filter searches. */
const mostRequests = 1000;

/** The last requests, newest first. */
export function RequestsPanel(): JSX.Element {
  const { announce, emulator } = usePage();
  const { requests } = emulator;
  const problem = useProblem();
  const [onlyFailures, setOnlyFailures] = useState(false);
  const [filter, setFilter] = useState("");
  /** The requests that are expanded. */
  const [opened, setOpened] = useState<readonly ListedRequest[]>([]);
  useEffect(() => {
    if (requests?.length === 0) setOpened([]);
  }, [requests]);

  const narrow = (failures: boolean, text: string) => {
    setOnlyFailures(failures);
    setFilter(text);
    const requestLimit = failures || text.trim() !== "" ? mostRequests : requestsPerPage;
    if (requestLimit !== emulator.query.requestLimit) void emulator.find({ requestLimit });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || filter === "") return;
    event.preventDefault();
    narrow(onlyFailures, "");
  };
  const clear = async () => {
    const done = await problem.attempt(() => adminApi.clearRequests());
    await emulator.refresh();
    if (done) announce("The requests were cleared");
  };
  const onToggle = (request: ListedRequest, isOpen: boolean) => {
    const others = (list: readonly ListedRequest[]) =>
      list.filter((other) => keyOf(other) !== keyOf(request));
    setOpened((list) => (isOpen ? [...others(list), request] : others(list)));
  };

  const shown = useMemo(() => {
    if (!requests) return undefined;
    const found = requests
      .filter((request) => (!onlyFailures || isFailure(request)) && matches(request, filter))
      .slice(0, requestsPerPage);
    // An expanded request stays when newer ones push it out of the list, but not when the log is cleared.
    const oldest = requests.at(-1)?.number ?? 0;
    return [...found, ...opened.filter(({ number }) => number < oldest)];
  }, [requests, onlyFailures, filter, opened]);

  return (
    <section id="requests" class="panel requests" aria-labelledby="requests-title" tabIndex={-1}>
      <div class="panel-head flow">
        <h2 id="requests-title">Requests</h2>
        <label class="flow">
          <input
            type="checkbox"
            id="only-failures"
            checked={onlyFailures}
            onChange={(event) => narrow(event.currentTarget.checked, filter)}
          />{" "}
          Only failures
        </label>
        <input
          type="search"
          placeholder="Filter"
          aria-label="Filter requests by method, path, id or status"
          autocomplete="off"
          spellcheck={false}
          value={filter}
          onInput={(event) => narrow(onlyFailures, event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button onClick={clear}>Clear</Button>
      </div>
      {problem.view}
      <RovingList as="ol" id="request-list" noun="request" items={shown ?? []} keyOf={keyOf}>
        {(request) => <RequestRow request={request} onToggle={onToggle} />}
      </RovingList>
      {shown?.length === 0 && <p class="empty">{emptyText(onlyFailures, filter.trim())}</p>}
    </section>
  );
}

/** Includes the time, because the numbers restart when the emulator does. */
function keyOf({ number, time, target }: ListedRequest): string {
  return `${number} ${time} ${target}`;
}

function emptyText(onlyFailures: boolean, filter: string): string {
  if (filter !== "") return `No ${onlyFailures ? "failed " : ""}request matches “${filter}”.`;
  if (onlyFailures) return "No request has failed.";
  return "No requests yet. Connect a client with the connection string above.";
}
