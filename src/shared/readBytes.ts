/** Says why a body couldn't be read. It isn't retried, unless the code is that of a lost connection. */
export class BodyError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function tooLarge(limitInBytes: number): BodyError {
  return new BodyError("RESPONSE_TOO_LARGE", `it has more than ${limitInBytes} bytes`);
}

/**
 * Reads a stream to its end. On an error, it destroys the stream, which closes the connection. The chunks are joined as they
 * arrive: a sender may cut a body into single bytes, and a chunk of one byte takes hundreds in memory.
 * @throws BodyError if the stream is too long, and whatever the stream or the progress callback throws.
 */
export async function readBytes(
  stream: AsyncIterable<Uint8Array | string>,
  limitInBytes: number,
  onProgress?: (progress: { loadedBytes: number }) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(1024);
  let loadedBytes = 0;
  for await (const chunk of stream) {
    const added = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    const start = loadedBytes;
    loadedBytes += added.length;
    if (loadedBytes > limitInBytes) throw tooLarge(limitInBytes);
    if (loadedBytes > bytes.length) {
      const longer = new Uint8Array(2 * loadedBytes);
      longer.set(bytes);
      bytes = longer;
    }
    bytes.set(added, start);
    onProgress?.({ loadedBytes });
  }
  return bytes.subarray(0, loadedBytes);
}
