import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import type { ListedRequestLine } from "../../../admin/models.js";
import { TabStop, withBreaks } from "../controls/controls.js";
import type { ListedChange } from "../emulator/emulatorView.js";
import { nextMidnight, useNow } from "../emulator/useNow.js";
import { decoded, formatMoment, formatTime, shorten, shortenId } from "../format.js";
import { addressOf } from "../place.js";
import { outcomeOf, statusText, titleOf, userIdOf } from "./requests.js";
import { reasonOf } from "./rows.js";

interface RequestRowProps {
  readonly request: ListedRequestLine;
  readonly isCurrent: boolean;
}

/** A request in one line, and why it failed in two more. */
export function RequestRow({ request, isCurrent }: RequestRowProps): JSX.Element {
  const { durationInMs, number, operation, target } = request;
  const userId = operation && userIdOf(request);
  const title = titleOf(request);
  const outcome = outcomeOf(request);
  const reason = reasonOf(request);
  return (
    <li class="request" data-outcome={outcome}>
      <a href={addressOf(number)} tabIndex={useContext(TabStop)} aria-current={isCurrent}>
        <RowTime time={Date.parse(request.time)} isExact />
        <span class="row">
          <span class="what">
            {operation ? <strong>{title}</strong> : <code title={decoded(target)}>{withBreaks(title)}</code>}{" "}
            {userId && (
              <code class="light" title={userId}>
                {request.customId === undefined ? shortenId(userId) : shorten(request.customId)}
              </code>
            )}{" "}
            {request.isFromDoctor && (
              <span class="chip">doctor{outcome === "expected" && " · expected"}</span>
            )}
          </span>
          <span class="status number">{statusText(request)}</span>
          <span class="muted number duration">{durationText(durationInMs)}</span>
          {reason !== undefined && <span class="reason">{reason}</span>}
        </span>
      </a>
    </li>
  );
}

/** What was clicked on this page, or changed everything. */
export function ChangeRow({ text, time, isOwn }: ListedChange): JSX.Element {
  return (
    <li class="own-change">
      <RowTime time={time} />
      <span class="row">
        <span>{text}</span>
        {isOwn && <span class="chip">this page</span>}
      </span>
    </li>
  );
}

function RowTime({ time, isExact }: { time: number; isExact?: boolean }): JSX.Element {
  const now = useNow(nextMidnight);
  return (
    <time class="muted number" dateTime={new Date(time).toISOString()} title={formatMoment(time)}>
      {formatTime(time, now)}
      {isExact && `.${String(time % 1000).padStart(3, "0")}`}
    </time>
  );
}

export function durationText(durationInMs: number): string {
  return `${durationInMs < 10 ? durationInMs : Math.round(durationInMs)} ms`;
}
