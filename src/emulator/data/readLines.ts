import type { FileHandle } from "node:fs/promises";

/**
 * Reads a file in time that grows with its size alone, however long its lines are.
 * @returns How many lines are complete, how many bytes they have, and how many follow them.
 */
export async function readLines(
  file: FileHandle,
  onLine: (line: string, number: number) => void,
): Promise<{ lines: number; length: number; rest: number }> {
  let buffer = Buffer.allocUnsafe(1 << 20);
  let [lines, length, rest] = [0, 0, 0];
  for (;;) {
    if (rest === buffer.length) buffer = Buffer.concat([buffer], rest * 2);
    const { bytesRead } = await file.read(buffer, rest, buffer.length - rest, length + rest);
    if (bytesRead === 0) return { lines, length, rest };
    const bytes = buffer.subarray(0, rest + bytesRead);
    let start = 0;
    for (let end = bytes.indexOf("\n", rest); end >= 0; end = bytes.indexOf("\n", start)) {
      lines += 1;
      onLine(bytes.toString("utf8", start, end), lines);
      start = end + 1;
    }
    bytes.copyWithin(0, start);
    length += start;
    rest = bytes.length - start;
  }
}
