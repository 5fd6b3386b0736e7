import { type HttpClient, type PipelineRequest, RestError } from "@azure/core-rest-pipeline";
import { dispatchersOf } from "./dispatchers.js";
import type { UndiciHttpClientOptions } from "./options.js";
import { sendForStream } from "./sendForStream.js";
import { sendForText } from "./sendForText.js";
import { targetReader } from "./target.js";

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
