import type { ListedRequest } from "./adminApi.js";
import { copyButton } from "./copy.js";
import { element } from "./dom.js";
import { ProblemBox } from "./problem.js";

/** W3C Trace Context: version, trace id, span id, flags. */
const pattern = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/;

/** The ids in its `traceparent`, by which the request is found where traces are kept. Nothing without a valid one. */
export function traceView({ headers, method, operation }: ListedRequest): HTMLElement[] {
  const [, traceId, spanId] = pattern.exec(headers.traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined) return [];
  const problem = new ProblemBox();
  const copy = copyButton(
    "trace id",
    () => traceId,
    (error) => problem.show(error),
    `of ${operation ?? method}`,
  );
  const ids = element(
    "dl",
    {},
    element("dt", {}, "Trace"),
    element("dd", {}, element("code", { class: "trace-id" }, traceId)),
    element("dt", {}, "Span"),
    element("dd", {}, element("code", { class: "span-id" }, spanId)),
  );
  return [element("div", { class: "trace" }, ids, copy), problem.element];
}
