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
  if (!stream) {
    const text = bodyAsText ?? "";
    if (text.length > limitInBytes) throw tooLarge(limitInBytes);
    return text;
  }
  const chunks = createBodyChunks(limitInBytes, onProgress);
  // On an error, `for await` destroys the stream and closes its connection.
  for await (const chunk of stream) chunks.add(chunk);
  return new Blob(chunks.all).text();
}

/** The chunks of a body that were read so far. */
export interface BodyChunks {
  readonly all: Uint8Array<ArrayBuffer>[];
  /** @throws BodyError if the body is too large, and whatever the progress callback throws. */
  add(chunk: Uint8Array | string): void;
}

export function createBodyChunks(limitInBytes: number, onProgress?: ProgressCallback): BodyChunks {
  const all: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  return {
    all,
    add(chunk) {
      const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
      length += bytes.length;
      if (length > limitInBytes) throw tooLarge(limitInBytes);
      all.push(bytes as Uint8Array<ArrayBuffer>);
      onProgress?.({ loadedBytes: length });
    },
  };
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
