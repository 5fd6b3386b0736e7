import { type HttpClient, RestError } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import { readBytes } from "../shared/readBytes.js";
import { dispatch } from "./dispatch.js";
import { dispatcherFinder } from "./dispatchers.js";
import { toRestError } from "./errors.js";

/** Options of {@link createUndiciHttpClient}. */
export interface UndiciHttpClientOptions {
  /**
   * The dispatcher to send with, such as an `Agent`, a `ProxyAgent` or a `MockAgent`, of undici 7 or later. Its connections,
   * TLS, proxy (`proxyOptions` and the environment included) and closing are then your responsibility. Pass a `MockAgent`
   * itself, not the pool that its `get` returns: with undici 7 that one doesn't respond.
   *
   * @defaultValue an `Agent` of its own, which doesn't keep the process alive
   */
  dispatcher?: Dispatcher | undefined;
  /**
   * The maximum size of a response body that is read as text, decompressed, in bytes. A larger one fails with the code
   * `RESPONSE_TOO_LARGE`. Bodies that are requested as a stream have no limit.
   *
   * @defaultValue 1048576
   */
  maxResponseBodyInBytes?: number | undefined;
}

/**
 * Creates an `HttpClient` that sends with undici, for services that already use its `Agent`, its proxies, HTTP/2 or its
 * `MockAgent`. Pass it as `httpClient` to this client or to any other of the Azure SDK.
 *
 * It honors requests as core's default client does: `abortSignal`, `timeout` (which includes the body here),
 * `tlsSettings`, `disableKeepAlive`, `streamResponseStatusCodes`, progress callbacks, decompression, and the proxy of
 * `proxyOptions` or the environment. It doesn't follow redirects. A call that ends while its connection is being opened
 * rejects at once; undici gives up on the connection after 10 seconds. Its requests reject with
 * - a `RestError` if the server can't be reached or a body can't be read, with the `code` that node:http gives
 *   (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`…);
 * - an error named `AbortError` if the signal aborts or the time is up;
 * - a `TypeError` for an `agent` of node:http, which undici can't use.
 *
 * @param options - The dispatcher, and the limit of bodies.
 *
 * @example
 * ```ts
 * const client = new CommunicationIdentityClient(connectionString, { httpClient: createUndiciHttpClient() });
 * ```
 */
export function createUndiciHttpClient(options: UndiciHttpClientOptions = {}): HttpClient {
  const { dispatcher, maxResponseBodyInBytes = 1024 * 1024 } = options;
  const findDispatcher = dispatcherFinder(dispatcher);
  return {
    async sendRequest(request) {
      if (!request.url.startsWith("https:") && !request.allowInsecureConnection) {
        throw new RestError("Plain http requires allowInsecureConnection.", { request });
      }
      const received = await dispatch(findDispatcher(request), request);
      const { readableStreamBody: body, ...response } = received;
      const streamed = request.streamResponseStatusCodes;
      const isStreamed = streamed?.has(response.status) || streamed?.has(Number.POSITIVE_INFINITY);
      if (isStreamed && request.method !== "HEAD") return received;
      try {
        const bytes = await readBytes(body, maxResponseBodyInBytes);
        if (request.method === "HEAD") return response;
        return { ...response, bodyAsText: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) };
      } catch (error) {
        throw toRestError(error, request, response.status);
      }
    },
  };
}
