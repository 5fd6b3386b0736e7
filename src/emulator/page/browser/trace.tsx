import type { JSX } from "preact";
import type { ListedRequest } from "../../admin/models.js";
import { CopyButton } from "./controls.js";
import { useProblem } from "./problem.js";

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
