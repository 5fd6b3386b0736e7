import { PassThrough, pipeline, type Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { HttpHeaders, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import { onEndOf } from "../operationRequest.js";
import { readHeaders } from "./answerHeaders.js";
import { dispatchOptionsOf } from "./dispatchOptions.js";
import type { Target } from "./target.js";
import { abortedError, transportError } from "./transportError.js";

/** Sends a request and hands out the body of its answer as a stream, for clients that ask for one. */
export function sendForStream(
  dispatcher: Dispatcher,
  request: PipelineRequest,
  target: Target,
): Promise<PipelineResponse> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    // undici itself looks at a signal once it has a connection.
    const end = () => {
      reject(abortedError());
      controller.abort(abortedError());
    };
    const forget = onEndOf(request, end);
    const timer = request.timeout > 0 ? setTimeout(end, request.timeout) : undefined;
    const release = () => {
      forget();
      clearTimeout(timer);
    };
    send(dispatcher, request, target, controller.signal, release).then(resolve, (error) => {
      release();
      reject(transportError(error, request));
    });
  });
}

async function send(
  dispatcher: Dispatcher,
  request: PipelineRequest,
  target: Target,
  signal: AbortSignal,
  onClose: () => void,
): Promise<PipelineResponse> {
  signal.throwIfAborted();
  const options = { ...dispatchOptionsOf(request, target), signal };
  const { statusCode, headers: received, body } = await dispatcher.request(options);
  const headers = readHeaders(received);
  body.once("close", onClose);
  return { request, status: statusCode, headers, readableStreamBody: prepare(body, request, headers) };
}

/** Decodes what the request has asked to be encoded, as core's client does, and counts. */
function prepare(body: Readable, request: PipelineRequest, headers: HttpHeaders): Readable {
  const { onDownloadProgress } = request;
  const accepted = request.headers.get("Accept-Encoding") ?? "";
  const encoding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "";
  const steps: Transform[] = [];
  if (encoding && accepted.includes(encoding)) steps.push(decoderOf(encoding));
  if (onDownloadProgress) {
    let loadedBytes = 0;
    steps.push(
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          loadedBytes += chunk.length;
          onDownloadProgress({ loadedBytes });
          done(null, chunk);
        },
      }),
    );
  }
  const last = steps.at(-1);
  if (!last) return body;
  // The reader of the last stream is told of errors in any.
  pipeline([body, ...steps], () => undefined);
  return last;
}

function decoderOf(encoding: string): Transform {
  if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
  if (encoding === "deflate") return createInflate();
  return encoding === "br" ? createBrotliDecompress() : new PassThrough();
}
