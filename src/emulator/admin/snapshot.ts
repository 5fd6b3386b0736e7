import { setImmediate } from "node:timers/promises";
import { checkSnapshot, type GivenSnapshot, takeSnapshot } from "../../testing/service/snapshot.js";
import { anything, type Constraints } from "../../testing/validation/constraints.js";
import { type AdminInput, type AdminRow, get, noContent, refused } from "./adminRow.js";

export const snapshotLimitInBytes: number = 128 * 1024 * 1024;

export const snapshotRoutes: readonly AdminRow[] = [
  get("/snapshot", getSnapshot),
  {
    ...noContent("PUT", "/snapshot", putSnapshot, {
      version: anything("1"),
      resourceId: anything("the service's own, a GUID"),
      clock: anything("an object"),
      events: anything("an array"),
    } satisfies Constraints<GivenSnapshot>),
    limitInBytes: snapshotLimitInBytes,
  },
];

const eventsAtOnce = 5000;

/** Writes the events in steps. Others are served in between. @throws HttpError if `putSnapshot` couldn't take it. */
async function getSnapshot({ fake }: AdminInput): Promise<string> {
  const { events, ...rest } = takeSnapshot(fake);
  const head = JSON.stringify({ ...rest, events: [] }).slice(0, -2);
  const parts: string[] = [];
  let length = head.length + 1;
  for (let start = 0; start < events.length; start += eventsAtOnce) {
    const part = JSON.stringify(events.slice(start, start + eventsAtOnce)).slice(1, -1);
    length += Buffer.byteLength(part) + 1;
    if (length > snapshotLimitInBytes) {
      throw refused(
        413,
        `The snapshot would be longer than ${snapshotLimitInBytes} bytes. Delete users, or copy the file of --data instead`,
      );
    }
    parts.push(part);
    await setImmediate();
  }
  return `${head}${parts.join(",")}]}`;
}

const millisecondsAtOnce = 50;

/** Checks the events in steps, too, and stops at the first one that isn't valid. */
async function putSnapshot({ fake, body }: AdminInput): Promise<void> {
  const checking = checkSnapshot(fake, body as unknown as GivenSnapshot);
  let step = checking.next();
  for (let turnEnds = performance.now() + millisecondsAtOnce; !step.done; step = checking.next()) {
    if (performance.now() < turnEnds) continue;
    await setImmediate();
    turnEnds = performance.now() + millisecondsAtOnce;
  }
  await fake.store.change(step.value);
}
