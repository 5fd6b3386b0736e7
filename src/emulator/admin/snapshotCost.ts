import { getHeapStatistics } from "node:v8";
import { refused } from "./adminRow.js";

const deepest = 32;

/**
 * How many bytes of the heap an empty object, an empty array, an element of an array, and a member of an object that shares
 * no name with others take at most, besides their text, as measured with Node 20.
 */
const bytesOf: Readonly<Record<string, number>> = { "{": 64, "[": 64, ",": 24, ":": 144 };
const costs: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, code) => bytesOf[String.fromCharCode(code)] ?? 0,
);
const [quote, backslash] = [0x22, 0x5c];

/**
 * Refuses JSON that may take more than half of the heap that Node may use, before it is parsed: without heap, the process
 * ends. The other half is for the state that there is, and for the one that a snapshot becomes.
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
    } else {
      cost += costs[byte] ?? 0;
      if (byte === 0x7b || byte === 0x5b) depth += 1;
      if (byte === 0x7d || byte === 0x5d) depth -= 1;
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
