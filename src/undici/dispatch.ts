import { pipeline, Readable } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { type Dispatcher, errors } from "undici";
import { toRestError } from "./errors.js";
import { readHeaders } from "./headers.js";

type Received = PipelineResponse & { readonly readableStreamBody: Readable };
type Report = PipelineRequest["onDownloadProgress"];

const ignore = () => undefined;

/** Sends a request, until its signal aborts or its time is up, which also ends the body. */
export function dispatch(dispatcher: Dispatcher, request: PipelineRequest): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { abortSignal, timeout } = request;
    let sent: unknown;
    let controller: Dispatcher.DispatchController | undefined;
    let status: number | undefined;
    let body: Readable | undefined;
    let failure: Error | undefined;

    const release = () => {
      clearTimeout(timer);
      abortSignal?.removeEventListener("abort", abort);
    };
    const end = (error: unknown) => {
      failure ??= toRestError(error, request, status);
      release();
      reject(failure);
      body?.destroy(failure);
      controller?.abort(failure);
      // undici destroys a stream only once it has begun to send it.
      if (isStream(sent)) sent.on("error", ignore).destroy?.(failure);
    };
    const abort = () => end(new DOMException("This operation was aborted", "AbortError"));

    // A timer fires at once if it's set to a longer time.
    const timer = timeout > 0 ? setTimeout(abort, Math.min(timeout, 2 ** 31 - 1)) : undefined;
    abortSignal?.addEventListener("abort", abort);
    // A signal that has aborted already doesn't call new listeners.
    if (abortSignal?.aborted) return abort();
    try {
      const { origin, pathname, search } = new URL(request.url);
      sent = typeof request.body === "function" ? request.body() : request.body;
      const options = {
        origin,
        path: pathname + search,
        method: request.method,
        headers: request.headers.toJSON({ preserveCase: true }),
        body: reportUpload(sent, request.onUploadProgress),
        reset: request.disableKeepAlive,
        // The request has a timeout of its own.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
      dispatcher.dispatch(options as Dispatcher.DispatchOptions, {
        onRequestStart(started) {
          controller = started;
          // The call may have ended while it waited for a connection.
          if (failure) started.abort(failure);
        },
        onResponseStart(started, statusCode, headers) {
          // Unless a 101 ends the request, undici 7 takes what follows for a response, and fails an assertion.
          if (statusCode === 101) throw new errors.SocketError("bad upgrade");
          if (statusCode < 200) return;
          status = statusCode;
          // Without a listener, a connection that is lost before anyone reads the stream would end the process.
          body = new Readable({
            read: () => started.resume(),
            destroy(error, done) {
              release();
              started.abort(error as Error);
              done(error);
            },
          }).on("error", ignore);
          const response = { request, status, headers: readHeaders(headers) };
          resolve({ ...response, readableStreamBody: decodeBody(body, response) });
        },
        onResponseData(started, chunk) {
          if (!body?.push(chunk)) started.pause();
        },
        onResponseEnd: () => void body?.push(null),
        onResponseError: (_, error) => end(error),
      });
    } catch (error) {
      end(error);
    }
  });
}

function isStream(body: unknown): body is Readable {
  return typeof body === "object" && body !== null && "pipe" in body;
}

function reportUpload(body: unknown, report: Report): unknown {
  if (report && isStream(body)) return countBytes(body, report);
  const size = typeof body === "string" ? Buffer.byteLength(body) : (body as ArrayBuffer | null)?.byteLength;
  if (size !== undefined) report?.({ loadedBytes: size });
  return body;
}

/** Decompresses a body as core's client does, and reports the progress. */
function decodeBody(body: Readable, { request, headers }: PipelineResponse): Readable {
  const accepts = /gzip|deflate/.test(request.headers.get("Accept-Encoding") ?? "");
  const encoding = accepts ? headers.get("Content-Encoding") : undefined;
  const decoder = encoding === "gzip" ? createGunzip() : encoding === "deflate" && createInflate();
  if (!decoder && !request.onDownloadProgress) return body;
  const source = decoder ? pipeline(body, decoder, ignore) : body;
  const counted = countBytes(source, request.onDownloadProgress);
  // A generator that nobody has read from doesn't destroy its source.
  return Readable.from(counted, { objectMode: false }).once("close", () => body.destroy());
}

/** Passes chunks on, and reports how many bytes there were. */
async function* countBytes(source: Readable, report: Report): AsyncGenerator<Buffer | string> {
  let loadedBytes = 0;
  for await (const chunk of source) {
    loadedBytes += Buffer.byteLength(chunk);
    report?.({ loadedBytes });
    yield chunk;
  }
}
