import { check } from "../../testing/check.js";
import { BODY_LIMIT } from "../../testing/handleRequest.js";
import { checkEvent } from "../../testing/state/checkEvent.js";
import type { StateEvent } from "../../testing/state/events.js";
import { utf8Decode } from "../../testing/wire/bytes.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import { checkLength } from "./adminRoute.js";

/** What one event, or all but the events, may take. Larger than any event that the service's API can cause. */
const mostBytesAtOnce: number = 2 * BODY_LIMIT;
const millisecondsAtOnce = 50;

export const snapshotLimitInBytes: number = 64 * 1024 * 1024;

/**
 * Reads a snapshot of many megabytes event by event. `JSON.parse` of the whole would block the emulator for
 * seconds, and of the wrong 64 MiB would need gigabytes: so the first wrong event ends it, and other requests
 * have their turn in between.
 * @throws AdminError 413 when it is longer than 64 MiB.
 * @throws TypeError when it isn't JSON or holds something other than events.
 */
export async function readSnapshotBody(bytes: Uint8Array): Promise<JsonObject> {
  checkLength(bytes, snapshotLimitInBytes);
  const events: StateEvent[] = [];
  let turnEnds = performance.now() + millisecondsAtOnce;
  let list: [start: number, end: number] | undefined;
  for (const [start, end, isLast] of elementsOfList(bytes)) {
    list = [list?.[0] ?? start, end];
    const isEmpty = isLast && events.length === 0 && textOf(bytes.subarray(start, end)).trim() === "";
    if (!isEmpty) events.push(checkEvent(parse(bytes.subarray(start, end))));
    if (performance.now() < turnEnds) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + millisecondsAtOnce;
  }
  const [start, end] = list ?? [bytes.length, bytes.length];
  const rest = parse(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
  check(typeof rest === "object" && rest && !Array.isArray(rest), "The body is no JSON object");
  return list ? { ...rest, events } : (rest as JsonObject);
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where the elements of the first list in the outermost object are. */
function* elementsOfList(bytes: Uint8Array): Generator<[start: number, end: number, isLast: boolean]> {
  let depth = 0;
  let start: number | undefined;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
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
  check(bytes.length <= mostBytesAtOnce, `A part of the body is longer than ${mostBytesAtOnce} bytes`);
  return utf8Decode(bytes);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    throw error instanceof TypeError ? error : new TypeError("The body is no JSON");
  }
}
