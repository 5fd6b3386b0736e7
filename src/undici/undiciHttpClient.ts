import { pipeline, Readable } from "node:stream";
import {
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { dispatchersOf } from "./dispatchers.js";
import { EndSignal } from "./endSignal.js";
import { toRestError } from "./errors.js";
import type { UndiciHttpClientOptions } from "./options.js";
import { countBytes, decodeBody, readHeaders, readText } from "./response.js";

/** The longest delay of `setTimeout`. */
const longestTimerInMs = 2 ** 31 - 1;

/**
 * Creates an `HttpClient` that sends with undici, for services that already use its `Agent`, its proxies, HTTP/2 or its
 * `MockAgent`. Pass it as `httpClient` to this client or to any other of the Azure SDK.
 *
 * It honors requests as core's default client does: `abortSignal`, `timeout` (which includes the body here),
 * `tlsSettings`, `disableKeepAlive`, `streamResponseStatusCodes`, progress callbacks, decompression, and the proxy of
 * `proxyOptions` or the environment. It doesn't follow redirects. Its requests reject with
 * - a `RestError` if the server can't be reached or a body can't be read, with the `code` that node:http gives
 *   (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`…);
 * - an error named `AbortError` if the signal aborts or the time is up;
 * - a `TypeError` for an `agent` of node:http, which undici can't use.
 *
 * @param options - Connections, proxy, TLS and limits.
 * @throws TypeError if the proxy isn't a URL, or if a dispatcher comes with options that have no effect on it.
 */
export function createUndiciHttpClient(options: UndiciHttpClientOptions = {}): HttpClient {
  const dispatcherOf = dispatchersOf(options);
  const { maxResponseBodyInBytes = 1024 * 1024 } = options;
  return {
    async sendRequest(request) {
      const { origin, protocol, pathname, search } = new URL(request.url);
      if (protocol !== "https:" && !request.allowInsecureConnection) {
        throw new RestError("Plain http requires allowInsecureConnection.", { request });
      }
      const dispatcher = dispatcherOf(request);
      const { signal, release } = endOf(request);
      try {
        if (signal.aborted) throw signal.reason;
        // undici itself reacts to the signal only once it has a connection.
        const aborted = new Promise<never>((_, reject) => {
          signal.once("abort", () => reject(signal.reason));
        });
        const sent = dispatcher.request({
          origin,
          path: pathname + search,
          method: request.method,
          headers: request.headers.toJSON({ preserveCase: true }),
          body: bodyOf(request),
          reset: request.disableKeepAlive ?? false,
          signal,
          // The request has a timeout of its own.
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        const { statusCode: status, headers, body } = await Promise.race([sent, aborted]);
        body.once("close", release);
        const response: PipelineResponse = { request, status, headers: readHeaders(headers) };
        const stream = decodeBody(body, response, signal);
        const streamed = request.streamResponseStatusCodes;
        if (request.method === "HEAD") stream.resume();
        else if (streamed?.has(status) || streamed?.has(Number.POSITIVE_INFINITY)) {
          response.readableStreamBody = stream;
        } else response.bodyAsText = await readText(stream, response, maxResponseBodyInBytes);
        return response;
      } catch (error) {
        release();
        throw signal.aborted ? signal.reason : toRestError(error, request);
      }
    },
  };
}

/** Creates a signal that aborts with that of the request or when its time is up, unless it's released before. */
function endOf({ abortSignal, timeout }: PipelineRequest): { signal: EndSignal; release: () => void } {
  const signal = new EndSignal();
  const end = () => signal.abort();
  const timer = timeout > 0 ? setTimeout(end, Math.min(timeout, longestTimerInMs)) : undefined;
  abortSignal?.addEventListener("abort", end);
  if (abortSignal?.aborted) end();
  const release = () => {
    clearTimeout(timer);
    abortSignal?.removeEventListener("abort", end);
  };
  return { signal, release };
}

function bodyOf({ body: given, onUploadProgress }: PipelineRequest): string | Uint8Array | Readable | null {
  const body = (typeof given === "function" ? given() : given) ?? null;
  if (onUploadProgress && body instanceof Readable) {
    return pipeline(body, countBytes(onUploadProgress), () => undefined);
  }
  if (typeof body === "string" || body instanceof Uint8Array) {
    onUploadProgress?.({ loadedBytes: Buffer.byteLength(body) });
  }
  // undici takes every kind of body that core knows; its types name fewer.
  return body as string | null;
}
