import type { PipelineResponse } from "@azure/core-rest-pipeline";

/**
 * Returns the stream of a response, be it a web stream or a Node stream. On Workers it may be a Node stream:
 * core-rest-pipeline 1.25 uses its node:http build there, and 1.24 the one on fetch.
 */
export function streamOf(response: PipelineResponse): AsyncIterable<Uint8Array | string> | undefined {
  const { browserStreamBody, readableStreamBody } = response;
  return browserStreamBody ? chunksOf(browserStreamBody) : readableStreamBody;
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
