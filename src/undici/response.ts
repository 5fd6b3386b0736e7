import type { IncomingHttpHeaders } from "node:http";
import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import {
  createHttpHeaders,
  type HttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { createBodyChunks } from "../pipeline/bodyStream.js";
import { toRestError } from "./errors.js";

/** Of these headers, node:http or core keeps only the first value. The values of others are joined. */
const singular =
  /^(?:age|authorization|content-length|content-type|etag|expires|from|host|if-(?:un)?modified-since|last-modified|location|max-forwards|proxy-authorization|referer|retry-after|server|set-cookie|user-agent)$/;

export function readHeaders(received: IncomingHttpHeaders): HttpHeaders {
  const headers = createHttpHeaders();
  for (const [name, value = ""] of Object.entries(received)) {
    const values = typeof value === "string" ? [value] : value;
    headers.set(name, singular.test(name) ? (values[0] ?? "") : values.join(", "));
  }
  return headers;
}

/** Decodes a body as core's client does. Errors of the decoder become a RestError. */
export function decodeBody(body: Readable, { request, status, headers }: PipelineResponse): Readable {
  const accepts = /gzip|deflate/.test(request.headers.get("Accept-Encoding") ?? "");
  const encoding = accepts ? headers.get("Content-Encoding") : undefined;
  const decoder = encoding === "gzip" ? createGunzip() : encoding === "deflate" && createInflate();
  if (!decoder && !request.onDownloadProgress) return body;
  const source = decoder ? pipeline(body, decoder, () => undefined) : body;
  const decoded = countBytes(request.onDownloadProgress);
  source.on("error", (error) => decoded.destroy(toRestError(error, request, status)));
  decoded.once("close", () => source.destroy());
  decoded.on("error", () => undefined);
  return source.pipe(decoded);
}

/** Passes bytes through, and reports how many there were. */
export function countBytes(report: PipelineRequest["onDownloadProgress"]): Transform {
  let loadedBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      loadedBytes += chunk.length;
      try {
        report?.({ loadedBytes });
      } catch (error) {
        return done(error instanceof Error ? error : new Error(String(error)));
      }
      done(null, chunk);
    },
  });
}

/** Reads a body as text. If it has more bytes than `limit`, this rejects and closes the connection. */
export async function readText(
  body: Readable,
  { request, status }: PipelineResponse,
  limit: number,
): Promise<string> {
  const chunks = createBodyChunks(limit);
  try {
    for await (const chunk of body) chunks.add(chunk);
  } catch (error) {
    throw toRestError(error, request, status);
  }
  return Buffer.concat(chunks.all).toString("utf8");
}
