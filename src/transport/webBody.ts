import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { tooLarge } from "../pipeline/bodyError.js";

/** Reads the body of a client on fetch, which has decoded it, or takes the text of another client. */
export async function readWebBody(response: PipelineResponse, limit: number): Promise<string> {
  if (response.browserStreamBody) return collect(response.browserStreamBody, limit);
  const text = response.bodyAsText ?? "";
  if (text.length > limit) throw tooLarge(limit);
  return text;
}

async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(limit);
    }
    text += decoder.decode(value, { stream: true });
  }
}
