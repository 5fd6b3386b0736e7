import type { JSX } from "preact";
import type { EmulatorInfo } from "../../admin/models.js";
import { adminApi } from "./adminApi.js";
import { Button } from "./controls.js";
import { emulatorClock } from "./emulatorClock.js";
import { formatDayAndTime, formatDuration } from "./format.js";
import { usePage } from "./pageContext.js";
import type { ProblemBox } from "./problem.js";

/** Smaller offsets come from the time that the response took. */
const shownOffsetInMs = 2000;

/** The emulator's time, and the buttons that move it. */
export function ClockPanel({ problem }: { problem: ProblemBox }): JSX.Element {
  const { announce, emulator } = usePage();
  const { info } = emulator;
  const offsets = info ? offsetsOf(info) : [];
  const time = emulatorClock.now();
  const iso = new Date(time).toISOString();
  const move = async (change: Parameters<typeof adminApi.moveClock>[0]) => {
    const done = await problem.attempt(() => adminApi.moveClock(change));
    await emulator.refresh();
    if (done) announce(`The emulator's time is ${formatDayAndTime(emulatorClock.now())}`);
  };
  return (
    <section class="clock flow" aria-label="Emulator time">
      <span class="hint">Time</span>
      <time class="number" dateTime={iso} title={iso}>
        {info ? formatDayAndTime(time) : "–"}
      </time>
      <span
        id="clock-offset"
        class={offsets.length > 0 ? "chip warn" : "chip"}
        title="Compared with the clock of this computer"
      >
        {offsets.join(", ") || "in sync"}
      </span>
      <span class="buttons">
        <Button
          title="Move the emulator's time an hour ahead"
          onClick={() => move({ advance: { hours: 1 } })}
        >
          +1 h
        </Button>
        <Button title="Move the emulator's time a day ahead" onClick={() => move({ advance: { hours: 24 } })}>
          +1 day
        </Button>
        {offsets.length > 0 && (
          <Button title="Go back to the time of this computer" onClick={() => move({ reset: true })}>
            Reset
          </Button>
        )}
      </span>
    </section>
  );
}

/** Describes how the emulator's time differs from that of this computer. */
function offsetsOf({ frozen, skewInMs }: EmulatorInfo): string[] {
  const offset = emulatorClock.offsetInMs;
  const parts: string[] = [];
  if (frozen) parts.push("frozen");
  if (Math.abs(offset) >= shownOffsetInMs) parts.push(aheadOrBehind(offset));
  if (skewInMs) parts.push(`wall clock ${aheadOrBehind(skewInMs)}`);
  return parts;
}

function aheadOrBehind(offsetInMs: number): string {
  return `${formatDuration(offsetInMs)} ${offsetInMs > 0 ? "ahead" : "behind"}`;
}
