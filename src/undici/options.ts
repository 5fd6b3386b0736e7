import type { TlsSettings } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";

/** Options of {@link createUndiciHttpClient}. */
export interface UndiciHttpClientOptions {
  /**
   * The dispatcher to send with, such as an `Agent`, a `Pool` or a `MockAgent` of undici. Connections, TLS, proxies (those
   * of `proxyOptions` and the environment too) and its end are then the caller's affair, and every option below but
   * `largestBodyInBytes` is refused.
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
