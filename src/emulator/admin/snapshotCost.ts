import { getHeapStatistics } from "node:v8";
import { refused } from "./adminRow.js";

const deepest = 32;

const [quote, backslash, comma, colon, brace, endBrace, bracket, endBracket] = Buffer.from('"\\,:{}[]');

/**
 * Refuses JSON that may take more than half of the heap that Node may use, before it is parsed: without heap, the process
 * ends. The other half is for the state that there is, and for the one that a snapshot becomes. The numbers are the bytes
 * that the worst object, array, element and member takes, without its text, as measured with Node 20.
 * @throws HttpError
 */
export function checkCost(json: Uint8Array): void {
  const most = getHeapStatistics().heap_size_limit / 2;
  // The text is in the heap as a whole, and once more as strings.
  let [cost, depth, isText, isWide] = [json.length * 2, 0, false, false];
  for (let index = 0; index < json.length && cost <= most; index++) {
    const byte = json[index] ?? 0;
    if (byte === quote) isText = !isText;
    else if (isText) {
      isWide ||= byte === backslash || byte > 0x7f;
      if (byte === backslash) index += 1;
    } else if (byte === comma) cost += 24;
    else if (byte === colon) cost += 144;
    else if (byte === endBrace || byte === endBracket) depth -= 1;
    else if (byte === brace || byte === bracket) {
      cost += 64;
      depth += 1;
      if (depth > deepest) throw refused(400, `A snapshot nests objects and arrays at most ${deepest} deep`);
    }
  }
  // One character that isn't in ASCII may make all others of its string take two bytes, too.
  if (isWide) cost += json.length * 2;
  if (cost <= most) return;
  const half = `${Math.floor(most / 2 ** 20)} MiB, half of the heap that Node may use`;
  throw refused(
    413,
    `The snapshot may need more than ${half}, by the number of its objects, arrays, elements and members. Set NODE_OPTIONS=--max-old-space-size to more MiB, or copy the file of --data instead`,
  );
}
