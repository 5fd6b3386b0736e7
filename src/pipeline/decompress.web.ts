/** Returns the bytes as they are: fetch has already decompressed the body. */
export function decompress(bytes: Uint8Array<ArrayBuffer>, ..._: unknown[]): Uint8Array<ArrayBuffer> {
  return bytes;
}
