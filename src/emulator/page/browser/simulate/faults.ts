// The faults that the page offers, and how it describes them.
import type { ActiveFault } from "../../../../testing/faults/faultQueue.js";
import type { Fault } from "../../../../testing/faults/faults.js";
import { formatDuration, formatNumber } from "../format.js";

type Offer = readonly [button: string, label: string, fault: Fault];

/** The common faults of a single request. The admin API supports more. */
export const faultKinds: readonly Offer[] = [
  ["429", "429 TooManyRequests", { status: 429 }],
  ["500", "500 InternalServerError", { status: 500 }],
  ["503", "503 ServiceUnavailable", { status: 503 }],
  ["401", "401 Denied", { status: 401 }],
  ["Drop request", "Connection dropped before processing", { drop: "before" }],
  ["Drop response", "Connection dropped after processing", { drop: "after" }],
  ["Drop midway", "Connection dropped during the response", { drop: "during" }],
  ["Truncate", "Response body truncated", { truncate: true }],
  ["Delay 3 s", "The usual response, delayed", { delayInMs: 3000 }],
];

export const outages: readonly Offer[] = [
  [
    "Outage for 30 s",
    "Every request gets a 503 without Retry-After, for 30 seconds",
    { status: 503, retryAfterInSeconds: null, durationInSeconds: 30 },
  ],
  [
    "Every getToken: 429",
    "Every getToken gets a 429, until you stop it",
    { status: 429, operation: "getToken", times: "unlimited" },
  ],
];

/** Says which requests a new fault affects, and how: `The next getToken request gets: 429`. */
export function effectText({ operation, ...fault }: Fault): string {
  const { durationInSeconds, times = durationInSeconds === undefined ? 1 : "unlimited" } = fault;
  const noun = operation ? `${operation} request` : "request";
  const words = [
    times === "unlimited"
      ? `Every ${noun} gets`
      : times === 1
        ? `The next ${noun} gets`
        : `The next ${formatNumber(times)} ${noun}s get`,
    durationInSeconds !== undefined
      ? ` for ${formatDuration(durationInSeconds * 1000)}`
      : times === "unlimited" && " until you stop it",
  ];
  return `${words.filter(Boolean).join("")}: ${faultText(fault)}`;
}

/** Says how long a fault goes on: `twice`, `27 s left`, `until you stop it`. */
export function leftText({ times, durationInSeconds }: ActiveFault): string {
  const timeLeft =
    durationInSeconds === undefined
      ? undefined
      : `${formatDuration(Math.ceil(durationInSeconds) * 1000)} left`;
  if (times === "unlimited") return timeLeft ?? "until you stop it";
  return [times === 1 ? "once" : `${formatNumber(times)} times`, timeLeft].filter(Boolean).join(", ");
}

/** Describes a fault: `503 Busy, Retry-After 1, getToken only`. */
export function faultText({
  status,
  code,
  retryAfterInSeconds,
  operation,
  drop,
  truncate,
  delayInMs,
}: Fault): string {
  const parts = [
    delayInMs && `${delayInMs % 1000 ? `${delayInMs} ms` : formatDuration(delayInMs)} delay`,
    status && [status, code].filter(Boolean).join(" "),
    status && retryAfterInSeconds === null && "no Retry-After",
    typeof retryAfterInSeconds === "number" && `Retry-After ${retryAfterInSeconds}`,
    drop && `connection dropped ${drop} ${drop === "during" ? "the response" : "processing"}`,
    truncate && "response body truncated",
    operation && `${operation} only`,
  ];
  return parts.filter(Boolean).join(", ");
}
