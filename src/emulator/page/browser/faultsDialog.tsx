import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { routes } from "../../../generated/routes.js";
import type { Fault } from "../../../testing/faults.js";
import { adminApi } from "./adminApi.js";
import { Button, Field } from "./controls.js";
import { Dialog, type Fields } from "./dialog.js";
import { usePage } from "./pageContext.js";
import { useProblem } from "./problem.js";

/** The common faults. The admin API supports more. */
const kinds: readonly (readonly [label: string, fault: Fault])[] = [
  ["503 ServiceUnavailable", { status: 503 }],
  ["500 InternalServerError", { status: 500 }],
  ["429 TooManyRequests", { status: 429 }],
  ["401 Denied", { status: 401 }],
  ["Connection dropped before processing", { drop: "before" }],
  ["Connection dropped after processing", { drop: "after" }],
  ["The usual response, delayed", {}],
];

const methods = routes.flatMap(({ operation, operationWith = {} }) => [
  operation,
  ...Object.values(operationWith),
]);

/** Shows the faults that wait for a request, clears them, and adds one. */
export function FaultsDialog(): JSX.Element {
  const { announce, emulator } = usePage();
  const problem = useProblem();
  const [waiting, setWaiting] = useState<readonly Fault[]>();
  const [kind, setKind] = useState(0);
  const [, fault = {}] = kinds[kind] ?? [];

  useEffect(() => void problem.attempt(async () => setWaiting(await adminApi.faults())), []);

  const done = (text: string) => async () => {
    await emulator.refresh();
    announce(text);
  };
  const clear = async (event: Event) => {
    const button = event.currentTarget as HTMLElement;
    if (!(await problem.attempt(() => adminApi.clearFaults()))) return;
    button.closest("dialog")?.close();
    await done("The faults were cleared")();
  };

  return (
    <Dialog
      title="Faults"
      action="Add fault"
      cancel="Close"
      submit={async (fields) => {
        await adminApi.addFault({ ...fault, ...readFault(fields) });
        return done("Fault added");
      }}
    >
      {waiting?.length === 0 && <p class="hint">No faults are waiting.</p>}
      {waiting && waiting.length > 0 && (
        <>
          <ol>
            {waiting.map((each) => (
              <li>{faultText(each)}</li>
            ))}
          </ol>
          <div>
            <Button onClick={clear}>Clear faults</Button>
          </div>
        </>
      )}
      {problem.view}
      <Field
        label="Next requests get"
        hint="What you do on this page isn't affected. Clients retry most faults: it takes 4 in a row for a call to fail."
      >
        <select value={kind} onChange={(event) => setKind(event.currentTarget.selectedIndex)}>
          {kinds.map(([label], index) => (
            <option key={label} value={index}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Method">
        <select name="operation">
          <option value="">Any method</option>
          {methods.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </select>
      </Field>
      <div class="columns">
        <Field label="Times" name="times" inputMode="numeric" placeholder="1" />
        <Field label="Delay in ms" name="delay" inputMode="numeric" placeholder="0" />
        {fault.status !== undefined && (
          <Field
            label="Retry-After in s"
            name="retryAfter"
            inputMode="numeric"
            placeholder={fault.status >= 500 ? "0" : "not sent"}
          />
        )}
      </div>
    </Dialog>
  );
}

/** Reads every field but the kind. The emulator's defaults apply to empty fields. */
function readFault(fields: Fields): Fault {
  const method = fields.text("operation");
  const operation = methods.find((each) => each === method);
  const times = fields.number("times", "Enter how often, such as 3.") ?? 1;
  if (times < 1) fields.refuse("times", "Enter how often, such as 3.");
  const delayInMs = fields.number("delay", "Enter the delay in whole milliseconds, such as 500.");
  const retryAfterInSeconds = fields.number("retryAfter", "Enter the wait in whole seconds, such as 2.");
  return {
    times,
    ...(operation === undefined ? {} : { operation }),
    ...(delayInMs === undefined ? {} : { delayInMs }),
    ...(retryAfterInSeconds === undefined ? {} : { retryAfterInSeconds }),
  };
}

/** Describes a fault: `503 Busy, Retry-After 1, getToken only, 2 times`. */
function faultText(fault: Fault): string {
  const { status, code, retryAfterInSeconds, times = 1, operation, drop, delayInMs } = fault;
  const parts = [
    delayInMs && `${delayInMs} ms delay`,
    status && [status, code].filter(Boolean).join(" "),
    retryAfterInSeconds !== undefined && `Retry-After ${retryAfterInSeconds}`,
    drop && `connection dropped ${drop} processing`,
    operation && `${operation} only`,
    times === 1 ? "once" : `${times} times`,
  ];
  return parts.filter(Boolean).join(", ");
}
