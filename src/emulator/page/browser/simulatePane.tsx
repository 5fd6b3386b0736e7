import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { routes } from "../../../generated/routes.js";
import type { Fault } from "../../../testing/faults.js";
import { adminApi, type ClockMove } from "./adminApi.js";
import { useChanges } from "./changes.js";
import { Button, Field, Pane, Part } from "./controls.js";
import { emulatorClock, offsetsOf } from "./emulatorClock.js";
import { faultKinds, faultText, nextText } from "./faults.js";
import { type Fields, Form } from "./form.js";
import { formatDayAndTime, plural } from "./format.js";
import { usePage } from "./pageContext.js";

const methods = routes.flatMap(({ operation, operationWith = {} }) => [
  operation,
  ...Object.values(operationWith),
]);

/** What goes wrong next, and what time it is. */
export function SimulatePane(): JSX.Element {
  return (
    <Pane title="Simulate">
      <Faults />
      <Time />
    </Pane>
  );
}

function Faults(): JSX.Element {
  const { emulator } = usePage();
  const { view, attempt, change } = useChanges();
  const [waiting, setWaiting] = useState<readonly Fault[]>([]);
  const [kind, setKind] = useState(0);
  const [, , { delayInMs, ...fault } = {}] = faultKinds[kind] ?? [];
  const count = emulator.info.value?.faults ?? 0;
  useEffect(() => void attempt(async () => setWaiting(await adminApi.faults())), [emulator.info.value]);

  return (
    <Part title="The next request gets">
      <div class="buttons">
        {faultKinds.map(([button, label, each]) => (
          <Button
            key={button}
            title={label}
            onClick={() => change(() => adminApi.addFault(each), nextText(each))}
          >
            {button}
          </Button>
        ))}
      </div>
      <p class="hint">
        Clients retry most faults: it takes 4 in a row for a call to fail. What you do on this page isn't
        affected.
      </p>
      {view}
      {count > 0 && (
        <div class="flow apart well">
          <ol id="waiting-faults">
            {waiting.map((each) => (
              <li>
                {faultText(each)}, {each.times === 1 ? "once" : `${each.times} times`}
              </li>
            ))}
          </ol>
          <Button onClick={() => change(() => adminApi.clearFaults(), "The faults were cleared")}>
            Clear {plural(count, "fault")}
          </Button>
        </div>
      )}
      <details>
        <summary>Several times, for one method, or with other values</summary>
        <Form
          label="Add a fault"
          action="Add fault"
          submit={async (fields) => {
            const each = { ...fault, ...readFault(fields) };
            await adminApi.addFault(each);
            return nextText(each);
          }}
        >
          <Field label="Response">
            <select value={kind} onChange={(event) => setKind(event.currentTarget.selectedIndex)}>
              {faultKinds.map(([, label], index) => (
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
            <Field
              key={delayInMs}
              label="Delay in ms"
              name="delay"
              inputMode="numeric"
              placeholder="0"
              defaultValue={String(delayInMs ?? "")}
            />
            {fault.status !== undefined && (
              <Field
                label="Retry-After in s"
                name="retryAfter"
                inputMode="numeric"
                placeholder={fault.status >= 500 || [408, 429].includes(fault.status) ? "0" : "not sent"}
              />
            )}
          </div>
        </Form>
      </details>
    </Part>
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

function Time(): JSX.Element {
  const { emulator } = usePage();
  const { view, change } = useChanges();
  const info = emulator.info.value;
  const offsets = offsetsOf(info);
  const time = emulatorClock.now();
  const button = (label: string, title: string, move: ClockMove, text?: string) => (
    <Button
      title={title}
      onClick={() =>
        change(
          () => adminApi.moveClock(move),
          (info) => text ?? `The time is ${formatDayAndTime(Date.parse(info.time))}`,
        )
      }
    >
      {label}
    </Button>
  );
  return (
    <Part title="Time">
      <p class="flow">
        <time class="number" dateTime={new Date(time).toISOString()}>
          {info ? formatDayAndTime(time) : "–"}
        </time>
        <span id="clock-offset" class={offsets.length > 0 ? "chip warn" : "chip"}>
          {offsets.join(", ") || "as on this computer"}
        </span>
      </p>
      <div class="buttons">
        {button("+1 h", "Move the emulator's time an hour ahead", { advance: { hours: 1 } })}
        {button("+1 day", "Move the emulator's time a day ahead", { advance: { hours: 24 } })}
        {info?.frozen
          ? button("Resume", "Let the time run again", { freeze: false }, "The time runs again")
          : button("Freeze", "Stop the emulator's time", { freeze: true }, "The time is frozen")}
        {offsets.length > 0 && button("Back to now", "Go back to the time of this computer", { reset: true })}
      </div>
      {view}
      <p class="hint">
        Tokens expire by this time. Your app's clock stays, so it may believe that they are still valid.
      </p>
    </Part>
  );
}
