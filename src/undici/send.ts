import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import { longestTimerInMs } from "../pipeline/cancellation.js";
import { toRestError } from "./errors.js";
import { readHeaders } from "./headers.js";

export interface ReceivedResponse extends PipelineResponse {
  /** The decompressed body. */
  readonly readableStreamBody: Readable;
}

/** Sends a request, until its signal aborts or its time is up, which also ends the body. */
export async function send(dispatcher: Dispatcher, request: PipelineRequest): Promise<ReceivedResponse> {
  const { abortSignal, timeout } = request;
  const { origin, pathname, search } = new URL(request.url);
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => controller.abort();
  const timer = timeout > 0 ? setTimeout(abort, Math.min(timeout, longestTimerInMs)) : undefined;
  // undici listens only once it has a connection.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  // Nobody waits for it if the caller's body or callback throws.
  aborted.catch(() => undefined);
  abortSignal?.addEventListener("abort", abort);
  // A signal that has aborted already doesn't call new listeners.
  if (abortSignal?.aborted) abort();
  const release = () => {
    clearTimeout(timer);
    abortSignal?.removeEventListener("abort", abort);
  };
  try {
    const received = dispatcher.request({
      origin,
      path: pathname + search,
      method: request.method,
      headers: request.headers.toJSON({ preserveCase: true }),
      body: bodyOf(request),
      reset: request.disableKeepAlive ?? false,
      // The request has a timeout of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      signal,
    } as Dispatcher.RequestOptions);
    const { statusCode: status, headers, body } = await Promise.race([received, aborted]);
    body.once("close", release);
    const response = { request, status, headers: readHeaders(headers) };
    return { ...response, readableStreamBody: decodeBody(body, response) };
  } catch (error) {
    release();
    throw toRestError(error, request);
  }
}

function bodyOf({ body: given, onUploadProgress }: PipelineRequest): unknown {
  const body = (typeof given === "function" ? given() : given) ?? null;
  if (!onUploadProgress || !body) return body;
  if (typeof body === "object" && "pipe" in body) {
    return pipeline(body as Readable, countBytes(onUploadProgress), () => undefined);
  }
  const { byteLength } = typeof body === "string" ? Buffer.from(body) : (body as Partial<ArrayBuffer>);
  if (byteLength !== undefined) onUploadProgress({ loadedBytes: byteLength });
  return body;
}

/** Decompresses a body as core's client does, and reports the progress. Errors of the stream become a RestError. */
function decodeBody(body: Readable, { request, status, headers }: PipelineResponse): Readable {
  const accepts = /gzip|deflate/.test(request.headers.get("Accept-Encoding") ?? "");
  const encoding = accepts ? headers.get("Content-Encoding") : undefined;
  const decoder = encoding === "gzip" ? createGunzip() : encoding === "deflate" && createInflate();
  const source = decoder ? pipeline(body, decoder, () => undefined) : body;
  const decoded = countBytes(request.onDownloadProgress);
  source.on("error", (error) => decoded.destroy(toRestError(error, request, status)));
  // Without a listener, a connection that is lost before anyone reads the stream would end the process.
  decoded.on("error", () => undefined).once("close", () => source.destroy());
  return source.pipe(decoded);
}

/** Passes bytes through, and reports how many there were. */
function countBytes(report: PipelineRequest["onDownloadProgress"]): Transform {
  let loadedBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      loadedBytes += chunk.length;
      try {
        report?.({ loadedBytes });
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}
