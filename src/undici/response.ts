import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import {
  createHttpHeaders,
  type HttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import type { EndSignal } from "./endSignal.js";
import { toRestError } from "./errors.js";

/** node:http keeps only the first value of these headers, and joins the values of others. */
const singular =
  /^(?:age|authorization|content-length|content-type|etag|expires|from|host|if-(?:un)?modified-since|last-modified|location|max-forwards|proxy-authorization|referer|retry-after|server|set-cookie|user-agent)$/;

export function readHeaders(received: Dispatcher.ResponseData["headers"]): HttpHeaders {
  const headers = createHttpHeaders();
  for (const [name, value = ""] of Object.entries(received)) {
    const values = typeof value === "string" ? [value] : value;
    headers.set(name, singular.test(name) ? (values[0] ?? "") : values.join(", "));
  }
  return headers;
}

/** Decodes a body as core's client does, and converts its errors to a RestError, or to an AbortError if the signal aborted. */
export function decodeBody(body: Readable, response: PipelineResponse, signal: EndSignal): Readable {
  const { request, status, headers } = response;
  const convert = (error: unknown) => (signal.aborted ? signal.reason : toRestError(error, request, status));
  const destroy = body.destroy.bind(body);
  // undici destroys the body with its own error. A stream between them would cost a quarter of the request.
  body.destroy = (error) => destroy(error && convert(error));
  // Without this listener, a connection that is lost before anyone reads the stream would end the process.
  body.on("error", () => undefined);
  const accepts = /gzip|deflate/.test(request.headers.get("Accept-Encoding") ?? "");
  const encoding = accepts ? headers.get("Content-Encoding") : undefined;
  const decoder = encoding === "gzip" ? createGunzip() : encoding === "deflate" && createInflate();
  if (!decoder && !request.onDownloadProgress) return body;
  const source = decoder ? pipeline(body, decoder, () => undefined) : body;
  const decoded = countBytes(request.onDownloadProgress);
  source.on("error", (error) => decoded.destroy(convert(error)));
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
        return done(error as Error);
      }
      done(null, chunk);
    },
  });
}

/** Reads a body as text. If it has more bytes than `limit`, this rejects and closes the connection. */
export async function readText(body: Readable, response: PipelineResponse, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    const error = { code: "RESPONSE_TOO_LARGE", message: `it has more than ${limit} bytes` };
    if (length > limit) throw toRestError(error, response.request, response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
