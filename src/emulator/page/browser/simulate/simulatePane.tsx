import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ActiveFault } from "../../../../testing/faults/faultQueue.js";
import type { Fault } from "../../../../testing/faults/faults.js";
import { type Change, useChanges } from "../controls/changes.js";
import { Button, Pane, Part } from "../controls/controls.js";
import { Choice, Field } from "../controls/field.js";
import { type Fields, Form } from "../controls/form.js";
import { adminApi, type ClockMove } from "../emulator/adminApi.js";
import { offsetsOf } from "../emulator/emulatorClock.js";
import { useSeconds } from "../emulator/useNow.js";
import { formatDayAndTime } from "../format.js";
import { usePage } from "../pageContext.js";
import { shown } from "../place.js";
import { useSignal } from "../signal.js";
import { effectText, faultKinds, faultText, leftText, outages } from "./faults.js";
import { methods } from "./methods.js";
import { StopAllFaults } from "./stopAllFaults.js";

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
  const { view, change } = useChanges();
  const offer = ([button, label, fault]: (typeof faultKinds)[number]) => (
    <Button
      key={button}
      title={label}
      onClick={() => change(() => adminApi.addFault(fault), effectText(fault))}
    >
      {button}
    </Button>
  );
  return (
    <>
      <Part title="The next request gets">
        <div class="buttons">{faultKinds.map(offer)}</div>
      </Part>
      <Part title="An outage">
        <div class="buttons">{outages.map(offer)}</div>
        <p class="hint">
          A client's retries hide up to three 429s, 5xx or lost connections in a row, so for a call to fail,
          set Times to 4 below, or the client's maxRetries to 0. What you do on this page isn't affected.
        </p>
        {view}
        <ActiveFaults change={change} />
      </Part>
      <Part title="Several times, for a while, or for one method">
        <FaultForm />
      </Part>
    </>
  );
}

/** The faults that aren't over, and what is left of each. */
function ActiveFaults({ change }: { change: Change }): JSX.Element {
  const { emulator } = usePage();
  const [info, place] = [useSignal(emulator.info), useSignal(shown)];
  const isDown = useSignal(emulator.error) !== undefined;
  const [faults, setFaults] = useState<readonly ActiveFault[]>([]);
  const isTimed = faults.some(({ durationInSeconds }) => durationInSeconds !== undefined);

  useEffect(() => {
    // Another pane is shown.
    if (place !== "simulate" || isDown) return undefined;
    let isLatest = true;
    // What makes this fail makes the page's own reads fail, too, and stands at its top then.
    const read = () =>
      void adminApi.faults().then(
        (found) => isLatest && setFaults(found),
        () => {},
      );
    read();
    const timer = isTimed ? setInterval(read, 1000) : undefined;
    return () => {
      isLatest = false;
      clearInterval(timer);
    };
  }, [info, isTimed, place, isDown]);

  return (
    <>
      <div class="flow apart active-head">
        <strong>Active now</strong>
        {faults.length > 1 && <StopAllFaults count={faults.length} change={change} />}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls. */}
      <section class="active well" tabIndex={0} aria-label="Active faults">
        {faults.length === 0 ? (
          <p class="hint">No fault is active.</p>
        ) : (
          <ul id="active-faults" class="entries">
            {faults.map((fault) => (
              <li key={fault.number} class="flow">
                <span>
                  {faultText(fault)}, <span class="number">{leftText(fault)}</span>
                </span>
                <span class="buttons">
                  <Button
                    class="quiet"
                    aria-label={`Stop ${faultText(fault)}`}
                    onClick={() =>
                      change(() => adminApi.stopFault(fault.number), `Stopped: ${faultText(fault)}`)
                    }
                  >
                    Stop
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

/** How long a fault lasts, and what is asked for then. */
const lengths = [
  { length: "N requests", label: "Times", placeholder: "1" },
  { length: "N seconds", label: "Seconds", placeholder: "30" },
  { length: "Until I stop it", label: undefined, placeholder: "" },
] as const;

function FaultForm(): JSX.Element {
  const [kind, setKind] = useState(0);
  const [lengthIndex, setLengthIndex] = useState(0);
  const [, , { delayInMs, ...fault } = {}] = faultKinds[kind] ?? [];
  const { status = 0 } = fault;
  const { label, placeholder } = lengths[lengthIndex] ?? lengths[0];
  return (
    <Form
      label="Add a fault"
      action="Add fault"
      submit={async (fields) => {
        const each = { ...fault, ...readFault(fields, lengthIndex) };
        await adminApi.addFault(each);
        return effectText(each);
      }}
    >
      <Choice
        label="Response"
        options={faultKinds.map(([, label]) => label)}
        chosen={kind}
        onChoose={setKind}
      />
      <Choice label="Method" name="method" options={["Any method", ...methods]} />
      <div class="columns">
        <Choice
          label="Lasts"
          options={lengths.map(({ length }) => length)}
          chosen={lengthIndex}
          onChoose={setLengthIndex}
        />
        {label && (
          <Field key={label} label={label} name={label} inputMode="numeric" placeholder={placeholder} />
        )}
        <Field
          key={delayInMs}
          label="Delay in ms"
          name="delay"
          inputMode="numeric"
          placeholder="0"
          defaultValue={String(delayInMs ?? "")}
        />
        {status > 0 && (
          <Field
            label="Retry-After in s"
            name="retryAfter"
            inputMode="numeric"
            placeholder={hasRetryAfter(status) ? "0" : "not sent"}
          />
        )}
      </div>
      {hasRetryAfter(status) && (
        <label class="flow">
          <input type="checkbox" name="noRetryAfter" /> Without Retry-After
        </label>
      )}
    </Form>
  );
}

/** Whether the emulator sends Retry-After unless it is told not to. */
function hasRetryAfter(status: number): boolean {
  return status >= 500 || [408, 429].includes(status);
}

/** Reads every field but the kind. The emulator's defaults apply to empty fields. */
function readFault(fields: Fields, lengthIndex: number): Fault {
  const method = fields.text("method");
  const operation = methods.find((each) => each === method);
  const delayInMs = fields.number("delay", "Enter the delay in whole milliseconds, such as 500.");
  const retryAfterInSeconds =
    fields.all("noRetryAfter").length > 0
      ? null
      : fields.number("retryAfter", "Enter the wait in whole seconds, such as 2.");
  return {
    ...readLength(fields, lengthIndex),
    ...(operation === undefined ? {} : { operation }),
    ...(delayInMs === undefined ? {} : { delayInMs }),
    ...(retryAfterInSeconds === undefined ? {} : { retryAfterInSeconds }),
  };
}

function readLength(fields: Fields, index: number): Pick<Fault, "times" | "durationInSeconds"> {
  const { label, placeholder } = lengths[index] ?? lengths[0];
  if (!label) return { times: "unlimited" };
  const message = label === "Times" ? "Enter how often, such as 3." : "Enter whole seconds, such as 30.";
  const value = fields.number(label, message) ?? Number(placeholder);
  if (value < 1) fields.refuse(label, message);
  return label === "Times" ? { times: value } : { durationInSeconds: value };
}

function Time(): JSX.Element {
  const { emulator } = usePage();
  const { view, change } = useChanges();
  const info = useSignal(emulator.info);
  const offsets = offsetsOf(info);
  const time = useSeconds();
  const button = (label: string, title: string, move: ClockMove, text?: string, isIdle = false) => (
    <Button
      title={title}
      aria-disabled={isIdle}
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
        {/* It stays, with the focus, which would go to Freeze otherwise. */}
        {button(
          "Back to now",
          "Go back to the time of this computer",
          { reset: true },
          undefined,
          offsets.length === 0,
        )}
      </div>
      {view}
      <p class="hint">
        Tokens expire by this time. Your app's clock stays, so it may believe that they are still valid.
      </p>
    </Part>
  );
}
