import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useChanges } from "../controls/changes.js";
import { Button } from "../controls/controls.js";
import { RovingList } from "../controls/rovingList.js";
import { adminApi } from "../emulator/adminApi.js";
import { requestsPerPage } from "../emulator/emulatorView.js";
import { usePage } from "../pageContext.js";
import { shown } from "../place.js";
import { ChangeRow, RequestRow } from "./requestRow.js";
import { emptyText, isRequest, keyOf, rowsOf } from "./requests.js";

const mostRequests = 1000;

/** The last requests, newest first, and between them what was changed on this page. */
export function RequestsPanel(): JSX.Element {
  const { emulator } = usePage();
  const [changes, requests] = [emulator.changes.value, emulator.requests.value];
  const { view, change } = useChanges();
  const [onlyFailures, setOnlyFailures] = useState(false);
  const [filter, setFilter] = useState("");

  const narrow = (failures: boolean, text: string) => {
    setOnlyFailures(failures);
    setFilter(text);
    const requestLimit = failures || text.trim() !== "" ? mostRequests : requestsPerPage;
    if (requestLimit !== emulator.query.value.requestLimit) void emulator.find({ requestLimit });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || filter === "") return;
    event.preventDefault();
    narrow(onlyFailures, "");
  };
  const clear = () =>
    change(async () => {
      await adminApi.clearRequests();
      emulator.changes.value = [];
    }, "The requests were cleared");

  const rows = useMemo(
    () => rowsOf(requests ?? [], changes, onlyFailures, filter),
    [requests, changes, onlyFailures, filter],
  );

  return (
    <section id="requests" class="panel" aria-labelledby="requests-title" tabIndex={-1}>
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
          aria-keyshortcuts="/"
          autocomplete="off"
          spellcheck={false}
          value={filter}
          onInput={(event) => narrow(onlyFailures, event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button onClick={clear}>Clear</Button>
      </div>
      {view}
      <RovingList
        as="ol"
        id="request-list"
        noun="request"
        items={rows}
        keyOf={keyOf}
        hasControls={isRequest}
        keys={
          <>
            <kbd>Enter</kbd> opens it · <kbd>J</kbd> <kbd>K</kbd> opens the next or previous one ·{" "}
            <kbd>/</kbd> filter
          </>
        }
      >
        {(row) =>
          isRequest(row) ? (
            <RequestRow request={row} isCurrent={row.number === shown.value} />
          ) : (
            <ChangeRow {...row} />
          )
        }
      </RovingList>
      {requests && rows.length === 0 && <p class="empty">{emptyText(onlyFailures, filter.trim())}</p>}
    </section>
  );
}
