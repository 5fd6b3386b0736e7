import { getHeapStatistics } from "node:v8";
import { type JsonObject, readJson } from "../../testing/wire/requestBody.js";
import { refused } from "./adminRow.js";

/** The heap that the worst event takes until it is restored, besides its text, as measured with Node 20. */
const bytesOfEvent = 1024;

/** Nobody is served while a part is parsed, which took 0.2 to 0.4 s of CPU for objects of one name each. */
const longestPartInBytes = 1024 * 1024;

/**
 * Reads a snapshot without its events, which are parsed one by one as they are read, so that neither what isn't a snapshot nor
 * what is too large for the heap costs more than the part that shows it. Finding them took 1.4 s of CPU for 128 MiB.
 * @throws HttpError
 */
export function readSnapshot(json: Uint8Array): JsonObject | undefined {
  const most = getHeapStatistics().heap_size_limit / 2;
  let [count, start, end] = [0, json.length, json.length];
  for (const element of elementsIn(json)) {
    if (count === 0) [start] = element;
    [, end] = element;
    count += 1;
    // One character that isn't in ASCII may make all others of its string take two bytes.
    if (count * bytesOfEvent + (end - start) * 2 > most) throw tooLarge(most);
  }
  const rest = readJson(Buffer.concat([json.subarray(0, start), json.subarray(end)]));
  if (!Array.isArray(rest?.events)) return rest;
  const isEmpty = count === 1 && Buffer.from(json.subarray(start, end)).toString().trim() === "";
  return { ...rest, events: isEmpty ? [] : eventsIn(json) };
}

function* eventsIn(json: Uint8Array): Generator<JsonObject | undefined> {
  for (const [start, end] of elementsIn(json)) yield readJson(json.subarray(start, end));
}

const [quote, backslash, comma, brace, endBrace, bracket, endBracket] = Buffer.from('"\\,{}[]');

/** Yields where each element begins and ends of the first array among the members of an object. */
function* elementsIn(json: Uint8Array): Generator<readonly [start: number, end: number]> {
  let [depth, start, isText] = [0, 0, false];
  let place: "before" | "inside" | "after" = "before";
  for (let index = 0; index < json.length; index++) {
    if (index - start > longestPartInBytes) throw refused(413, partTooLong);
    const byte = json[index];
    const isElement = place === "inside" && depth === 2;
    if (byte === quote) isText = !isText;
    else if (isText) {
      if (byte === backslash) index += 1;
    } else if (byte === brace || byte === bracket) {
      depth += 1;
      if (place === "before" && depth === 2 && byte === bracket) [place, start] = ["inside", index + 1];
    } else if (byte === comma && isElement) {
      yield [start, index];
      start = index + 1;
    } else if (byte === endBrace || byte === endBracket) {
      depth -= 1;
      if (!isElement) continue;
      yield [start, index];
      [place, start] = ["after", index];
    }
  }
}

const partTooLong = `An event of a snapshot, and what comes before and after all of them, has at most ${longestPartInBytes} bytes`;

function tooLarge(most: number): Error {
  const half = `${Math.floor(most / 2 ** 20)} MiB, half of the heap that Node may use`;
  return refused(
    413,
    `The snapshot may need more than ${half}, by the number and size of its events. Set NODE_OPTIONS=--max-old-space-size to more MiB, or copy the file of --data instead`,
  );
}
