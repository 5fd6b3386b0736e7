import type { TlsSettings } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";

/** Options of {@link createUndiciHttpClient}. */
export interface UndiciHttpClientOptions {
  /**
   * The dispatcher to send with, such as an `Agent`, a `Pool` or a `MockAgent` of undici. Its connections, TLS, proxy
   * (`proxyOptions` and the environment included) and closing are then your responsibility, and every option below
   * except `maxResponseBodyInBytes` is refused.
   *
   * @defaultValue an `Agent` of its own, which doesn't keep the process alive
   */
  dispatcher?: Dispatcher;
  /** The maximum number of connections to one origin. Further requests wait. @defaultValue no limit */
  connections?: number;
  /** How long opening a connection may take, proxy and TLS included, in milliseconds. @defaultValue 10000 */
  connectTimeoutInMs?: number;
  /** How long an idle connection is kept, in milliseconds. The server may ask for less. @defaultValue 4000 */
  keepAliveTimeoutInMs?: number;
  /** Whether to use HTTP/2 if the server offers it over TLS. @defaultValue false */
  allowH2?: boolean;
  /**
   * The `http:` or `https:` URL of a proxy, which may contain a user name and a password. Requests go through a tunnel,
   * so the proxy sees only their host. A proxy that a request brings (`proxyOptions`, `HTTPS_PROXY`) takes precedence.
   */
  proxy?: string | URL;
  /** TLS settings for servers, such as certificates. The `tlsOptions` of a client take precedence. */
  tlsOptions?: TlsSettings;
  /**
   * The maximum size of a response body that is read as text, decompressed, in bytes. A larger one fails with the code
   * `RESPONSE_TOO_LARGE`. Bodies that are requested as a stream have no limit.
   *
   * @defaultValue 1048576
   */
  maxResponseBodyInBytes?: number;
}
