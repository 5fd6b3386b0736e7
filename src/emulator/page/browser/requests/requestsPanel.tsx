import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ConfirmDialog } from "../controls/confirmDialog.js";
import { Button } from "../controls/controls.js";
import { RovingList } from "../controls/rovingList.js";
import { adminApi } from "../emulator/adminApi.js";
import { requestsPerPage } from "../emulator/emulatorView.js";
import { plural } from "../format.js";
import { usePage } from "../pageContext.js";
import { shown } from "../place.js";
import { useSignal } from "../signal.js";
import { type Narrowing, readNarrowing, writeNarrowing } from "./narrowing.js";
import { ChangeRow, RequestRow } from "./requestRow.js";
import { emptyText, isRequest, keyOf, rowsOf } from "./requests.js";
import { onRequestKey } from "./shortcuts.js";

const mostRequests = 1000;

/** The last requests, newest first, and between them what was changed on this page. */
export function RequestsPanel(): JSX.Element {
  const { announce, emulator, open } = usePage();
  const [changes, requests] = [useSignal(emulator.changes), useSignal(emulator.requests)];
  const place = useSignal(shown);
  const [narrowing, setNarrowing] = useState(readNarrowing);
  const { onlyFailures, filter } = narrowing;

  const find = async ({ onlyFailures, filter }: Narrowing) => {
    const requestLimit = onlyFailures || filter.trim() !== "" ? mostRequests : requestsPerPage;
    if (requestLimit !== emulator.query.value.requestLimit) await emulator.find({ requestLimit });
  };
  useEffect(() => void find(narrowing), []);
  // Back can have led to an address from before.
  useEffect(() => writeNarrowing(narrowing), [narrowing, place]);
  const narrow = (onlyFailures: boolean, filter: string) => {
    const next = { onlyFailures, filter };
    setNarrowing(next);
    void find(next).then(() => {
      const { length } = rowsOf(emulator.requests.value ?? [], [], onlyFailures, filter);
      announce(length > 0 ? `${plural(length, "request")} found` : emptyText(onlyFailures, filter.trim()));
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || filter === "") return;
    event.preventDefault();
    narrow(onlyFailures, "");
  };
  const clearDialog = (
    <ConfirmDialog
      title="Clear the requests?"
      action="Clear requests"
      submit={async () => {
        await adminApi.clearRequests();
        emulator.changes.value = [];
        return "The requests were cleared";
      }}
    />
  );

  const rows = useMemo(
    () => rowsOf(requests ?? [], changes, onlyFailures, filter),
    [requests, changes, onlyFailures, filter],
  );

  return (
    <section
      id="requests"
      class="panel"
      aria-labelledby="requests-title"
      tabIndex={-1}
      onKeyDown={onRequestKey}
    >
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
        <Button class="quiet" onClick={() => open(clearDialog)}>
          Clear…
        </Button>
      </div>
      <RovingList
        as="ol"
        id="request-list"
        noun="request"
        items={rows}
        view={`${onlyFailures} ${filter} ${requests?.length === 0}`}
        isWhole={false}
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
            <RequestRow request={row} isCurrent={row.number === place} />
          ) : (
            <ChangeRow {...row} />
          )
        }
      </RovingList>
      {requests && rows.length === 0 && <p class="empty">{emptyText(onlyFailures, filter.trim())}</p>}
    </section>
  );
}
