import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
import { Agent, type buildConnector, Client, type Dispatcher, errors, Pool, ProxyAgent } from "undici";
import type { UndiciHttpClientOptions } from "./options.js";

/** Returns a function that finds the dispatcher for a request: one for each combination of TLS settings and proxy. */
export function dispatchersOf(options: UndiciHttpClientOptions): (request: PipelineRequest) => Dispatcher {
  const { dispatcher, maxResponseBodyInBytes: _, ...connectionOptions } = options;
  const ignored = Object.entries(connectionOptions).filter(([, value]) => value !== undefined);
  if (dispatcher && ignored.length > 0) {
    const names = ignored.map(([name]) => name).join(", ");
    throw new TypeError(`These options have no effect on a dispatcher of your own: ${names}.`);
  }
  const ownProxy = options.proxy === undefined ? undefined : readProxy(options.proxy);
  const byTls = new WeakMap<TlsSettings, Map<string, Dispatcher>>();
  const { tlsOptions = {} } = options;

  return ({ agent, tlsSettings: tls = tlsOptions }) => {
    // Core's proxy policy puts a proxy on a request as an agent of node:http, which names its URL.
    const { proxy } = agent ? (agent as { proxy?: unknown }) : { proxy: ownProxy };
    if (agent && !(proxy instanceof URL)) {
      throw new TypeError(
        "undici can't use an agent of node:http. Pass a dispatcher to createUndiciHttpClient.",
      );
    }
    if (dispatcher) return dispatcher;
    const byProxy = byTls.get(tls) ?? new Map<string, Dispatcher>();
    byTls.set(tls, byProxy);
    const key = String(proxy);
    const found = byProxy.get(key) ?? createDispatcher(options, tls, proxy as URL | undefined);
    byProxy.set(key, found);
    return found;
  };
}

function createDispatcher(options: UndiciHttpClientOptions, tls: TlsSettings, proxy?: URL): Dispatcher {
  const { connections = null, allowH2 = false, connectTimeoutInMs: timeout = 10_000 } = options;
  const keepAliveTimeout = options.keepAliveTimeoutInMs ?? 4_000;
  const settings = { connections, keepAliveTimeout, allowH2, factory: createPool };
  if (!proxy) return new Agent({ ...settings, connect: { ...tls, timeout } });
  const credentials = `${decode(proxy.username)}:${decode(proxy.password)}`;
  return new ProxyAgent({
    ...settings,
    uri: proxy.origin,
    // undici 8 would send requests over http to the proxy itself.
    proxyTunnel: true,
    ...(credentials !== ":" && { token: `Basic ${Buffer.from(credentials).toString("base64")}` }),
    proxyTls: { timeout },
    requestTls: { ...tls, timeout },
    clientFactory: (origin, poolOptions) => createPool(origin, { ...poolOptions, headersTimeout: timeout }),
  });
}

function readProxy(text: string | URL): URL {
  // The error of `new URL` would show the password.
  const url = URL.canParse(String(text)) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new TypeError("The proxy must be an http: or https: URL, such as http://proxy.example:8080.");
}

/** Leaves alone a `%` that isn't part of an encoded character, as people write in passwords. */
function decode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function createPool(origin: string | URL, options: object): Pool {
  return new Pool(origin, {
    ...options,
    factory: (url, clientOptions) => new AbortableClient(url, clientOptions),
  });
}

/**
 * Stops connecting when the request that needs the connection is aborted. undici's own client goes on, for up to 10 s
 * with a server and 5 minutes with a proxy that doesn't answer, and keeps the process alive meanwhile.
 */
class AbortableClient extends Client {
  #signal: AbortSignal | undefined;

  constructor(url: URL, { connect, ...options }: { connect?: buildConnector.connector }) {
    super(url, {
      ...options,
      connect: (target, callback) => {
        const signal = this.#signal;
        const aborted = new errors.RequestAbortedError();
        // After this error undici connects again, for a request that the client has got since.
        const replaced = new errors.InformationalError("another request needs a connection");
        if (signal?.aborted) {
          return queueMicrotask(() => callback(signal === this.#signal ? aborted : replaced, null));
        }
        // The connector of ProxyAgent passes the signal on to its CONNECT request; the others return their socket.
        const made: unknown = connect?.({ ...target, signal } as buildConnector.Options, (error, socket) => {
          if (socket) callback(null, socket);
          else callback(signal?.aborted ? replaced : final(error), null);
        });
        const socket = made instanceof Socket ? (made as TLSSocket) : undefined;
        signal?.addEventListener("abort", () => {
          // Other requests may use an HTTP/2 connection once it's open.
          if (socket?.alpnProtocol !== "h2") socket?.destroy(aborted);
        });
      },
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#signal = (options as { signal?: AbortSignal }).signal;
    return super.dispatch(options, handler);
  }
}

/** undici would connect for ever to a proxy that closes each connection without an answer. */
function final(error: Error): Error {
  return error instanceof errors.SocketError
    ? Object.assign(new Error(error.message), { code: "ECONNRESET" })
    : error;
}
