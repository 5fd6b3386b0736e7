import type { Readable } from "node:stream";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import {
  type BodyChunks,
  BodyError,
  createBodyChunks,
  type ProgressCallback,
  readStream,
  tooLarge,
} from "../../pipeline/bodyStream.js";

const decoders = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** Reads a body as text, at most `limitInBytes` after decompression, which core's node:http client leaves to us. */
export async function readBody(
  response: PipelineResponse,
  limitInBytes: number,
  onProgress?: ProgressCallback,
): Promise<string> {
  const { readableStreamBody, headers } = response;
  if (!readableStreamBody) return readStream(response, limitInBytes, onProgress);
  const bytes = await collect(readableStreamBody as Readable, createBodyChunks(limitInBytes, onProgress));
  const encoding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || bytes.length === 0) return bytes.toString("utf8");
  return decode(bytes, encoding, limitInBytes).toString("utf8");
}

/** Reads a stream to its end, or destroys it. `for await` would cost 5 % of a call over loopback, and 10 % over undici. */
function collect(stream: Readable, chunks: BodyChunks): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const lost = () => Object.assign(new Error(), { code: "ERR_STREAM_PREMATURE_CLOSE" });
    if (stream.destroyed) return reject(lost());
    stream
      .on("data", (chunk: Uint8Array | string) => {
        try {
          chunks.add(chunk);
        } catch (error) {
          reject(error);
          stream.destroy();
        }
      })
      .once("end", () => resolve(Buffer.concat(chunks.all)))
      .on("error", reject)
      .once("close", () => {
        if (!stream.readableEnded) reject(lost());
      });
  });
}

/** We don't ask the service to compress the body, but a proxy may do so anyway. */
function decode(bytes: Uint8Array, encoding: string, limitInBytes: number): Buffer {
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (!decoder)
    throw new BodyError("UNKNOWN_CONTENT_ENCODING", `its content encoding is '${encoding.slice(0, 40)}'`);
  try {
    return decoder(bytes, { maxOutputLength: limitInBytes });
  } catch (error) {
    const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge
      ? tooLarge(limitInBytes)
      : new BodyError("INVALID_CONTENT_ENCODING", `it isn't valid ${encoding}`);
  }
}
