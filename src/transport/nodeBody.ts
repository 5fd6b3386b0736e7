import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { BodyError, tooLarge } from "../pipeline/bodyError.js";
import { readWebBody } from "./webBody.js";

const decoders = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** Reads and decodes the body that core's node:http client gives; of another client's, what it gives. */
export async function readNodeBody(response: PipelineResponse, limit: number): Promise<string> {
  const stream = response.readableStreamBody;
  if (!stream) return readWebBody(response, limit);
  const bytes = await collect(stream, limit);
  const encoding = response.headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  return encoding === "identity" || bytes.length === 0
    ? bytes.toString("utf8")
    : decode(bytes, encoding, limit).toString("utf8");
}

/** The service does not compress, and is not asked to: only a proxy that does so anyway comes here. */
function decode(bytes: Buffer, encoding: string, limit: number): Buffer {
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (!decoder)
    throw new BodyError("UNKNOWN_CONTENT_ENCODING", `its content encoding is '${encoding.slice(0, 40)}'`);
  try {
    return decoder(bytes, { maxOutputLength: limit });
  } catch (error) {
    const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge
      ? tooLarge(limit)
      : new BodyError("INVALID_CONTENT_ENCODING", `it is no valid ${encoding}`);
  }
}

function collect(stream: NodeJS.ReadableStream, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let ended = false;
    stream.on("data", (chunk: Buffer | string) => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length <= limit) {
        chunks.push(bytes);
        return;
      }
      reject(tooLarge(limit));
      if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
    });
    stream.on("end", () => {
      ended = true;
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
    });
    stream.on("error", reject);
    // A stream that is destroyed without an error says no more than this.
    stream.on("close", () => {
      if (!ended) reject(new BodyError("ECONNRESET", "the connection was closed before its end"));
    });
  });
}
