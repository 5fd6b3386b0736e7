import {
  type HttpClient,
  type PipelineRequest,
  RestError,
  type TlsSettings,
} from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import { dispatchersOf } from "./dispatchers.js";
import { sendForStream } from "./sendForStream.js";
import { sendForText } from "./sendForText.js";
import { targetReader } from "./target.js";

/** Options of {@link createUndiciHttpClient}. */
export interface UndiciHttpClientOptions {
  /**
   * The dispatcher to send with, such as an `Agent`, a `Pool` or a `MockAgent` of undici. Connections, TLS, proxies and
   * its end are then the caller's affair, and every option below but `largestBodyInBytes` is refused.
   *
   * @defaultValue an `Agent` of the transport's own, which keeps no process alive
   */
  dispatcher?: Dispatcher;
  /** The most connections to one origin at a time; calls beyond that wait. @defaultValue no bound */
  connections?: number;
  /** How long a connection may take, TLS included, in milliseconds. @defaultValue 10000 */
  connectTimeoutInMs?: number;
  /** How long an unused connection is kept, in milliseconds. The service may say less. @defaultValue 4000 */
  keepAliveTimeoutInMs?: number;
  /** Whether to speak HTTP/2 with a service that offers it over TLS. @defaultValue false */
  allowH2?: boolean;
  /** The URL of a proxy, which may hold a user name and a password. It is given the host alone: the request is tunnelled. */
  proxy?: string | URL;
  /** Certificates for the service. Those of `tlsOptions` of a client take their place. */
  tlsOptions?: TlsSettings;
  /**
   * The most that a body may have, decompressed, in bytes, where it is read as a whole. An answer beyond that fails
   * with the code `RESPONSE_TOO_LARGE`.
   *
   * @defaultValue 1048576
   */
  largestBodyInBytes?: number;
}

const defaultLargestBody = 1024 * 1024;

/**
 * Makes a transport on undici, for services that send thousands of requests a second: a call costs half of one
 * over node:http. Pass it as `httpClient` to this client or to any other of the Azure SDK.
 *
 * Tools that put themselves before node:http or fetch, such as msw and nock, do not see its requests; undici's
 * `MockAgent`, passed as `dispatcher`, does.
 *
 * It honours the settings of a request as the default transport does: `abortSignal`, `timeout` (over headers and
 * body), `tlsSettings`, `disableKeepAlive`, progress callbacks, and the proxy that `proxyOptions` or the environment
 * names. It follows no redirect. Its requests reject with
 * - `RestError` when the service can't be reached, with the `code` that node:http gives (`ECONNREFUSED`,
 *   `ECONNRESET`, `ENOTFOUND`…), or when a body can't be read;
 * - an error named `AbortError` when the signal aborts or the time is up;
 * - `TypeError` for an `agent` of node:http, which undici can't use.
 *
 * @param options - Connections, proxy, TLS and bounds.
 * @throws TypeError when a dispatcher comes with options that it would not heed.
 */
export function createUndiciHttpClient(options: UndiciHttpClientOptions = {}): HttpClient {
  const dispatcherOf = dispatchersOf(options);
  const targetOf = targetReader();
  const largestBody = options.largestBodyInBytes ?? defaultLargestBody;
  return {
    sendRequest(request) {
      try {
        const target = targetOf(request.url);
        if (!request.allowInsecureConnection && !target.origin.startsWith("https:")) {
          throw new RestError("Plain http needs allowInsecureConnection.", { request });
        }
        const dispatcher = dispatcherOf(request);
        return wantsStream(request)
          ? sendForStream(dispatcher, request, target)
          : sendForText(dispatcher, request, target, largestBody);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

/** The client of this package asks for a stream to be able to bound it, which is not needed where the transport does. */
function wantsStream(request: PipelineRequest): boolean {
  const { streamResponseStatusCodes } = request;
  return !!streamResponseStatusCodes?.size && !("attempt" in request);
}
