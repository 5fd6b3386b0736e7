import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { ConfirmDialog } from "../controls/confirmDialog.js";
import { Button } from "../controls/controls.js";
import { RovingList } from "../controls/rovingList.js";
import { adminApi } from "../emulator/adminApi.js";
import { requestsPerPage } from "../emulator/emulatorView.js";
import { plural } from "../format.js";
import { usePage } from "../pageContext.js";
import { shown } from "../place.js";
import { useSignal } from "../signal.js";
import { ChangeRow, RequestRow } from "./requestRow.js";
import { emptyText, isRequest, keyOf, rowsOf } from "./requests.js";
import { onRequestKey } from "./shortcuts.js";

const mostRequests = 1000;
/** The last requests, newest first, and between them what was changed on this page. */
export function RequestsPanel(): JSX.Element {
  const { announce, emulator, open } = usePage();
  const [changes, requests] = [useSignal(emulator.changes), useSignal(emulator.requests)];
  const place = useSignal(shown);
  const [onlyFailures, setOnlyFailures] = useState(false);
  const [filter, setFilter] = useState("");
  const find = async (requestLimit: number) => {
    if (requestLimit !== emulator.query.value.requestLimit) await emulator.find({ requestLimit });
  };

  const narrow = (failures: boolean, text: string) => {
    setOnlyFailures(failures);
    setFilter(text);
    const requestLimit = failures || text.trim() !== "" ? mostRequests : requestsPerPage;
    void find(requestLimit).then(() => {
      const { length } = rowsOf(emulator.requests.value ?? [], [], failures, text);
      announce(length > 0 ? `${plural(length, "request")} found` : emptyText(failures, text.trim()));
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
        view={`${onlyFailures} ${filter}`}
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
