import type { FileHandle } from "node:fs/promises";

/**
 * Reads a file line by line, in time linear in its size, however long the lines are.
 * @returns The number of complete lines, their length in bytes, and the bytes after them.
 */
export async function readLines(
  file: FileHandle,
  onLine: (line: Uint8Array, number: number) => void,
): Promise<{ lines: number; length: number; rest: Uint8Array }> {
  let buffer = Buffer.allocUnsafe(1 << 20);
  let [lines, length, rest] = [0, 0, 0];
  for (;;) {
    if (rest === buffer.length) buffer = Buffer.concat([buffer], rest * 2);
    const { bytesRead } = await file.read(buffer, rest, buffer.length - rest, length + rest);
    if (bytesRead === 0) return { lines, length, rest: buffer.subarray(0, rest) };
    const bytes = buffer.subarray(0, rest + bytesRead);
    let start = 0;
    for (let end = bytes.indexOf("\n", rest); end >= 0; end = bytes.indexOf("\n", start)) {
      lines += 1;
      onLine(bytes.subarray(start, end), lines);
      start = end + 1;
    }
    bytes.copyWithin(0, start);
    length += start;
    rest = bytes.length - start;
  }
}
