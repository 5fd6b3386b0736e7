import { check } from "../../testing/check.js";
import { checkMembers } from "../../testing/checkMembers.js";
import { bodyLimitInBytes } from "../../testing/handleRequest.js";
import { Restoration, type SnapshotContent } from "../../testing/snapshot.js";
import { utf8Decode } from "../../testing/wire/bytes.js";
import { type AdminRoute, checkLength } from "./adminRoute.js";

/** The limit of one event, and of everything but the events. No event that the service's API can cause is as large. */
const mostBytesAtOnce: number = 2 * bodyLimitInBytes;
const millisecondsAtOnce = 50;

export const snapshotLimitInBytes: number = 64 * 1024 * 1024;

export const putSnapshot: AdminRoute = {
  method: "PUT",
  path: "/snapshot",
  body: {
    version: "1",
    resourceId: "GUID",
    clock: "object",
    events: "array",
  } satisfies Record<keyof SnapshotContent, string>,
  readsBytes: true,
  run: async ({ change, bytes }) => {
    checkLength(bytes, snapshotLimitInBytes);
    const { restoration, snapshot } = await read(bytes);
    const restoreClock = await change((core) => restoration.finish(core, snapshot));
    restoreClock();
    return { status: 204 };
  },
};

/**
 * Reads a snapshot event by event, yields to other requests in between, and stops at the first invalid event.
 * `JSON.parse` of the whole body would block the emulator for seconds, and 64 MiB of malicious JSON could take
 * gigabytes of memory.
 * @throws TypeError if it isn't a snapshot.
 */
async function read(
  bytes: Uint8Array,
): Promise<{ restoration: Restoration; snapshot: Omit<SnapshotContent, "events"> }> {
  const restoration = new Restoration();
  let turnEnds = performance.now() + millisecondsAtOnce;
  let list: readonly [start: number, end: number] | undefined;
  for (const [start, end, isLast] of elementsOfList(bytes)) {
    const element = bytes.subarray(start, end);
    const isEmptyList = list === undefined && isLast && textOf(element).trim() === "";
    if (!isEmptyList) restoration.add(parse(element));
    list = [list?.[0] ?? start, end];
    if (performance.now() < turnEnds) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + millisecondsAtOnce;
  }
  const [start, end] = list ?? [bytes.length, bytes.length];
  const rest = parse(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
  checkMembers(rest, Object.keys(putSnapshot.body ?? {}), "The body");
  // The list that was read may be the value of another member.
  const { events, ...snapshot } = rest as SnapshotContent;
  check(list && Array.isArray(events), "events must be an array");
  return { restoration, snapshot };
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Yields where the elements of the outermost object's first list start and end. */
function* elementsOfList(bytes: Uint8Array): Generator<[start: number, end: number, isLast: boolean]> {
  let depth = 0;
  let start: number | undefined;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    checkPart(index - (start ?? 0));
    if (byte === quote) index = endOfText(bytes, index);
    else if (byte === openList || byte === openObject) {
      depth += 1;
      if (depth === 2 && byte === openList) start ??= index + 1;
    } else if (start !== undefined && depth === 2 && (byte === comma || byte === closeList)) {
      yield [start, index, byte === closeList];
      if (byte === closeList) return;
      start = index + 1;
    } else if (byte === closeList || byte === closeObject) depth -= 1;
  }
}

function endOfText(bytes: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== quote) index += bytes[index] === backslash ? 2 : 1;
  return index;
}

function textOf(bytes: Uint8Array): string {
  checkPart(bytes.length);
  return utf8Decode(bytes);
}

function checkPart(length: number): void {
  if (length > mostBytesAtOnce)
    throw new TypeError(`One event, or the rest of the body, is longer than ${mostBytesAtOnce} bytes`);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    throw error instanceof TypeError ? error : new TypeError("The body isn't JSON");
  }
}
