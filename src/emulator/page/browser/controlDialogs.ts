import { adminApi, type ListedFault } from "./adminApi.js";
import { openDialog } from "./dialog.js";
import { announce, button, element } from "./dom.js";
import { invalid } from "./problem.js";
import { field, textField } from "./tokenForm.js";

/** The usual ones. The admin API knows more. */
const faults: readonly [label: string, fault: ListedFault][] = [
  ["503 ServiceUnavailable", { status: 503 }],
  ["500 InternalServerError", { status: 500 }],
  ["429 TooManyRequests", { status: 429 }],
  ["Connection dropped before the work", { drop: "before" }],
  ["Connection dropped after the work", { drop: "after" }],
];

/** Shows the faults that wait for a request, clears them, and adds one. */
export async function openFaults(): Promise<void> {
  const kind = element("select", {}, ...faults.map(([label]) => element("option", {}, label)));
  const times = textField("1", { inputmode: "numeric", class: "short" });
  const done = await openDialog({
    title: "Faults",
    action: "Add fault",
    cancel: "Close",
    content: [
      ...waitingView(await adminApi.faults()),
      field("Next requests get", kind, "Those of this page too."),
      field("Times", times, "Empty: once."),
    ],
    submit: async () => {
      const count = times.value.trim() || "1";
      if (!/^[1-9]\d*$/.test(count)) invalid(times, "Enter how often, such as 3.");
      await adminApi.addFault({ ...faults[kind.selectedIndex]?.[1], times: Number(count) });
      return true;
    },
  });
  if (done) announce("Fault added");
}

function waitingView(waiting: readonly ListedFault[]): HTMLElement[] {
  if (waiting.length === 0) return [element("p", { class: "hint" }, "None is waiting.")];
  const clear = button("Clear faults", async () => {
    await adminApi.clearFaults();
    announce("The faults are cleared");
    clear.closest("dialog")?.close();
  });
  const list = element("ol", {}, ...waiting.map((fault) => element("li", {}, faultText(fault))));
  return [list, element("div", {}, clear)];
}

/** `503 Busy, Retry-After 1, getToken only, 2 times`. */
function faultText({
  status,
  code,
  retryAfterInSeconds,
  times = 1,
  operation,
  drop,
  delayInMs,
}: ListedFault): string {
  const parts = [
    delayInMs && `${delayInMs} ms late`,
    status && [status, code].filter(Boolean).join(" "),
    retryAfterInSeconds !== undefined && `Retry-After ${retryAfterInSeconds}`,
    drop && `dropped ${drop} the work`,
    operation && `${operation} only`,
    times === 1 ? "once" : `${times} times`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Resolves with true when the emulator is as it was when it started. */
export function openReset(): Promise<boolean> {
  return openDialog({
    title: "Reset all?",
    action: "Reset all",
    class: "primary danger",
    content: [
      element(
        "p",
        {},
        "Users, tokens, requests and faults go, and the time is the first again. This can't be undone.",
      ),
    ],
    submit: async () => {
      await adminApi.reset();
      return true;
    },
  });
}
