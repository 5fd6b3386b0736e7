import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";

export type ProgressCallback = PipelineRequest["onDownloadProgress"];

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
 * Reads a body that needs no decompression, whether its transport returns a web stream, a Node stream or text. On Workers
 * it may be a Node stream: core-rest-pipeline 1.25 uses its node:http build there, and 1.24 the one on fetch.
 */
export async function readStream(
  response: PipelineResponse,
  limitInBytes: number,
  onProgress?: ProgressCallback,
): Promise<string> {
  const { browserStreamBody, readableStreamBody, bodyAsText } = response;
  const stream = browserStreamBody ? chunksOf(browserStreamBody) : readableStreamBody;
  if (stream) return new TextDecoder().decode(await collect(stream, limitInBytes, onProgress));
  const text = bodyAsText ?? "";
  if (text.length > limitInBytes) throw tooLarge(limitInBytes);
  return text;
}

/** Reads a stream to its end. On an error, `for await` destroys the stream and closes its connection. */
export async function collect(
  stream: AsyncIterable<Uint8Array | string>,
  limitInBytes: number,
  onProgress?: ProgressCallback,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    length += bytes.length;
    if (length > limitInBytes) throw tooLarge(limitInBytes);
    chunks.push(bytes);
    onProgress?.({ loadedBytes: length });
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** Safari can't iterate over a ReadableStream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
