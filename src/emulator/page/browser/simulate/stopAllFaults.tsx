import type { JSX } from "preact";
import type { Change } from "../controls/changes.js";
import { Button } from "../controls/controls.js";
import { adminApi } from "../emulator/adminApi.js";
import { plural } from "../format.js";

/** @param count - How many faults are active. */
export function StopAllFaults({ count, change }: { count: number; change: Change }): JSX.Element {
  return (
    <Button onClick={() => change(() => adminApi.stopFaults(), `${plural(count, "fault")} stopped`)}>
      Stop {count === 1 ? "the fault" : `all ${plural(count, "fault")}`}
    </Button>
  );
}
