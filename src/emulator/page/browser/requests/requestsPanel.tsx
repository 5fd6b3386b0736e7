import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ConfirmDialog } from "../controls/confirmDialog.js";
import { Button } from "../controls/controls.js";
import { RovingList } from "../controls/rovingList.js";
import { useStillList } from "../controls/stillList.js";
import { adminApi } from "../emulator/adminApi.js";
import { logOf } from "../emulator/emulatorView.js";
import { formatNumber, plural } from "../format.js";
import { usePage } from "../pageContext.js";
import { addressOf, shown } from "../place.js";
import { useSignal } from "../signal.js";
import { readNarrowing, writeNarrowing } from "./narrowing.js";
import { ChangeRow, RequestRow } from "./requestRow.js";
import { emptyText, failureKinds, isRequest, keyOf, prepareFilter, rowsOf } from "./rows.js";
import { onRequestKey } from "./shortcuts.js";

const rowsPerPage = 100;

/** The requests, newest first, and between them what was changed on this page. */
export function RequestsPanel(): JSX.Element {
  const { announce, emulator, open } = usePage();
  const [changes, requests] = [useSignal(emulator.changes), useSignal(emulator.requests)];
  const [listed, dropped] = [useSignal(emulator.listed), useSignal(emulator.dropped)];
  const [info, place] = [useSignal(emulator.info), useSignal(shown)];
  const [narrowing, setNarrowing] = useState(readNarrowing);
  const { onlyFailures, filter } = narrowing;
  const [limit, setLimit] = useState(rowsPerPage);

  // Back can have led to an address from before.
  useEffect(() => writeNarrowing({ onlyFailures, filter }), [narrowing, place]);
  useEffect(() => prepareFilter(requests ?? []), [requests]);
  const narrow = (onlyFailures: boolean, filter: string) => {
    setNarrowing({ ...narrowing, onlyFailures, filter });
    setLimit(rowsPerPage);
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
  const view = `${onlyFailures} ${filter} ${limit} ${listed && logOf(listed)}`;
  const allKinds = useMemo(() => failureKinds(requests ?? []), [requests]);
  // A new one can take another line, which would move the list under the pointer.
  const { watch, shown: kinds } = useStillList(allKinds, (kind) => kind.filter, view, true);
  const failed = allKinds.reduce((sum, { count }) => sum + count, 0);
  const found = onlyFailures || filter !== "" ? rows.filter(isRequest).length : (requests?.length ?? 0);
  const first = useRef(narrowing);
  // After it was rendered, since to filter so many twice would hold up whoever types.
  useEffect(() => {
    if (narrowing === first.current) return;
    announce(found > 0 ? `${plural(found, "request")} found` : emptyText(onlyFailures, filter.trim()));
  }, [narrowing]);
  const showMore = () => {
    setLimit(2 * limit);
    announce(`${formatNumber(Math.min(rows.length, 2 * limit))} of ${plural(rows.length, "row")} shown`);
  };

  return (
    <section
      id="requests"
      class="panel"
      aria-labelledby="requests-title"
      tabIndex={-1}
      onKeyDown={onRequestKey}
    >
      <div class="panel-head flow">
        <h2 id="requests-title">
          Requests{" "}
          <span class="light number">
            {requests &&
              [...new Set([found, requests.length])].map((count) => formatNumber(count)).join(" of ")}
          </span>{" "}
          {failed > 0 && <span class="failed number">{formatNumber(failed)} failed</span>}
        </h2>
        <input
          type="search"
          placeholder="Filter"
          aria-label="Filter requests by what they show, or by status:, code:, method: or user:"
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
      {(onlyFailures || requests?.length !== 0) && (
        <div class="kinds flow">
          <label class="flow">
            <input
              type="checkbox"
              id="only-failures"
              checked={onlyFailures}
              onChange={(event) => narrow(event.currentTarget.checked, filter)}
            />{" "}
            Only failures
          </label>
          {requests && failed === 0 && !onlyFailures && <span class="hint">No request has failed.</span>}
          {kinds.map((kind) => {
            const isChosen = onlyFailures && filter === kind.filter;
            return (
              <Button
                key={kind.filter}
                class="kind"
                aria-pressed={isChosen}
                onClick={() => (isChosen ? narrow(false, "") : narrow(true, kind.filter))}
              >
                {kind.text} <span class="number">{formatNumber(kind.count)}</span>
              </Button>
            );
          })}
        </div>
      )}
      <div {...watch}>
        <RovingList
          as="ol"
          id="request-list"
          noun="request"
          items={rows}
          view={view}
          isWhole
          limit={limit}
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
      </div>
      {rows.length > limit && (
        <p class="more flow apart">
          <span class="muted">
            The newest {formatNumber(limit)} of {formatNumber(rows.length)}.
          </span>
          <Button onClick={showMore}>Show {formatNumber(Math.min(limit, rows.length - limit))} more</Button>
        </p>
      )}
      {dropped > 0 && rows.length <= limit && (
        <p class="more hint">
          {plural(dropped, "older request")} {dropped === 1 ? "was" : "were"} dropped: the emulator keeps the
          last {formatNumber(requests?.length ?? 0)}.
        </p>
      )}
      {requests && rows.length === 0 && (
        <p class="empty">
          {emptyText(onlyFailures, filter.trim())}{" "}
          {filter === "" && !onlyFailures && info?.users === 0 && (
            <a class="help" href={addressOf("users")}>
              First steps
            </a>
          )}
        </p>
      )}
    </section>
  );
}
