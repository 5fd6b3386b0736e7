// The faults that the page offers, and how it describes them.
import type { Fault } from "../../../testing/faults.js";

/** The common faults. The admin API supports more. */
export const faultKinds: readonly (readonly [button: string, label: string, fault: Fault])[] = [
  ["429", "429 TooManyRequests", { status: 429 }],
  ["500", "500 InternalServerError", { status: 500 }],
  ["503", "503 ServiceUnavailable", { status: 503 }],
  ["401", "401 Denied", { status: 401 }],
  ["Drop request", "Connection dropped before processing", { drop: "before" }],
  ["Drop response", "Connection dropped after processing", { drop: "after" }],
  ["Delay 3 s", "The usual response, delayed", { delayInMs: 3000 }],
];

export function nextText(fault: Fault): string {
  const { times = 1 } = fault;
  return `${times === 1 ? "The next request gets" : `The next ${times} requests get`}: ${faultText(fault)}`;
}

/** Describes a fault: `503 Busy, Retry-After 1, getToken only`. */
export function faultText({ status, code, retryAfterInSeconds, operation, drop, delayInMs }: Fault): string {
  const parts = [
    delayInMs && `${delayInMs} ms delay`,
    status && [status, code].filter(Boolean).join(" "),
    retryAfterInSeconds !== undefined && `Retry-After ${retryAfterInSeconds}`,
    drop && `connection dropped ${drop} processing`,
    operation && `${operation} only`,
  ];
  return parts.filter(Boolean).join(", ");
}
