/** Returns the bytes as they are: fetch has already decompressed the body. */
export function decompress(
  bytes: Uint8Array<ArrayBuffer>,
  _contentEncoding: string,
  _limitInBytes: number,
): Uint8Array<ArrayBuffer> {
  return bytes;
}
