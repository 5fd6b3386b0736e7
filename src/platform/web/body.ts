import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { readStream } from "../../pipeline/bodyStream.js";

/** Reads a body as text, at most `limitInBytes`. Fetch has decompressed it. */
export function readBody(response: PipelineResponse, limitInBytes: number): Promise<string> {
  return readStream(response, limitInBytes);
}
