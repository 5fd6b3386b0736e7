import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import type { ListedRequest } from "../../admin/models.js";
import { isProbe } from "../../probe.js";
import { CopyButton, TabStop } from "./controls.js";
import { Diagnosis } from "./diagnosis.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatDayAndTime, formatTime, shortenPath } from "./format.js";
import { useProblem } from "./problem.js";

export function isFailure(request: ListedRequest): boolean {
  const { status } = request;
  return (status === undefined || status >= 400) && !isProbe(request);
}

/** Whether the request's operation, method, path, user id and status contain each word of the filter. */
export function matches(request: ListedRequest, filter: string): boolean {
  const { method, target, operation = "", userId = "" } = request;
  const texts = [operation, method, target, decoded(target), userId, statusText(request)];
  const text = texts.join(" ").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface RequestRowProps {
  readonly request: ListedRequest;
  readonly onToggle: (request: ListedRequest, isOpen: boolean) => void;
}

/** A request in one line that expands to the details. An error or diagnosis is shown below it. */
export function RequestRow({ request, onToggle }: RequestRowProps): JSX.Element {
  // Details aren't rendered until opened: under load, a hundred rows come and go each second.
  const [isOpen, setOpen] = useState(false);
  const { diagnosis, message, topic } = request;
  return (
    <li class="request" data-outcome={outcomeOf(request)}>
      <details
        onToggle={({ currentTarget: { open } }) => {
          setOpen(open);
          onToggle(request, open);
        }}
      >
        <Summary request={request} />
        {isOpen && <Trace request={request} />}
        {isOpen && <Raw request={request} />}
      </details>
      {(message ?? diagnosis) !== undefined && !isProbe(request) && (
        <Diagnosis diagnosis={diagnosis ?? ""} message={message} topic={topic} />
      )}
    </li>
  );
}

function Summary({ request }: { request: ListedRequest }): JSX.Element {
  const { durationInMs, method, operation, target, userId } = request;
  const time = Date.parse(request.time);
  return (
    <summary tabIndex={useContext(TabStop)}>
      <time class="muted number" dateTime={request.time} title={formatDayAndTime(time)}>
        {formatTime(time, emulatorClock.now())}
      </time>
      <span class="what">
        {operation && <strong>{operation} </strong>}
        {isProbe(request) && <span class="chip">doctor</span>}{" "}
        <code class="path" title={[decoded(target), userId].filter(Boolean).join(" → ")}>
          {method} {shortenPath(target)}
          {userId && ` → …${userId.slice(-6)}`}
        </code>
      </span>
      <span class="status number">{statusText(request)}</span>
      <span class="muted number duration">
        {durationInMs < 10 ? durationInMs : Math.round(durationInMs)} ms
      </span>
    </summary>
  );
}

/** The request as received, but with its headers last. */
function Raw({ request }: { request: ListedRequest }): JSX.Element {
  const { body, headers, method, target } = request;
  const content = typeof body === "string" ? body : JSON.stringify(body, undefined, 2);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <div class="raw well">
      <pre>{`${method} ${target}\n`}</pre>
      {body !== undefined && <pre class="content">{`${content}\n`}</pre>}
      <pre>{lines.join("\n")}</pre>
    </div>
  );
}

function outcomeOf(request: ListedRequest): string {
  if (isFailure(request)) return "failure";
  return request.diagnosis === undefined ? "success" : "remark";
}

function statusText({ status, code }: ListedRequest): string {
  if (status === undefined) return "dropped";
  return code ? `${status} ${code}` : String(status);
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}

/** W3C Trace Context: version, trace id, span id, flags. */
const pattern = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/;

/** Shows the ids in `traceparent`, for finding the request in a tracing system. Renders nothing without valid ids. */
export function Trace({ request }: { request: ListedRequest }): JSX.Element | null {
  const { headers, method, operation } = request;
  const problem = useProblem();
  const [, traceId, spanId] = pattern.exec(headers.traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  return (
    <>
      <div class="trace flow apart">
        <dl>
          <dt>Trace</dt>
          <dd>
            <code>{traceId}</code>
          </dd>
          <dt>Span</dt>
          <dd>
            <code>{spanId}</code>
          </dd>
        </dl>
        <CopyButton what={`trace id of ${operation ?? method}`} text={() => traceId} onError={problem.show}>
          Copy trace id
        </CopyButton>
      </div>
      {problem.view}
    </>
  );
}
