/**
 * One record per line: eight hex digits of CRC-32, a space, JSON. A line that ends in a newline and does not
 * match its sum is damage; a last line without a newline is a write that a crash cut off.
 */
export function encodeRecord(record: unknown): string {
  const json = JSON.stringify(record);
  return `${sumOf(json)} ${json}\n`;
}

/** The record of a line without its newline. @throws Error that holds nothing of the line. */
export function decodeRecord(line: string): unknown {
  const json = line.slice(9);
  if (line[8] !== " " || line.slice(0, 8) !== sumOf(json)) throw new Error("the checksum does not match");
  return JSON.parse(json);
}

function sumOf(text: string): string {
  return crc32(Buffer.from(text)).toString(16).padStart(8, "0");
}

const table: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 as in zlib, whose own function only newer versions of Node have. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
