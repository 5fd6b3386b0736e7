import { isIP, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
import { Agent, type buildConnector, Client, type Dispatcher, errors, Pool, ProxyAgent } from "undici";
import { decodeCredential } from "../pipeline/proxyCredentials.js";
import type { EndSignal } from "./endSignal.js";
import type { UndiciHttpClientOptions } from "./options.js";

/** Returns a function that finds the dispatcher for a request. There is one for each combination of TLS settings and proxy. */
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
    // Core's proxy policy passes a proxy as an agent of node:http, which has its URL.
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
  const credentials = `${decodeCredential(proxy.username)}:${decodeCredential(proxy.password)}`;
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

function createPool(origin: string | URL, options: object): Pool {
  return new Pool(origin, {
    ...options,
    factory: (url, clientOptions) => new AbortableClient(url, clientOptions),
  });
}

/**
 * Stops connecting when the request that needs the connection is aborted. undici's own client continues, for up to 10 s
 * with a server and 5 minutes with a proxy that doesn't respond, and keeps the process alive for that time.
 */
class AbortableClient extends Client {
  #signal: EndSignal | undefined;

  constructor(url: URL, { connect, ...options }: { connect?: buildConnector.connector }) {
    super(url, {
      ...options,
      connect: (target, callback) => {
        const signal = this.#signal;
        const aborted = new errors.RequestAbortedError();
        // After this error undici connects again, for a request that arrived later.
        const replaced = new errors.InformationalError("another request needs a connection");
        if (signal?.aborted) {
          return queueMicrotask(() => callback(signal === this.#signal ? aborted : replaced, null));
        }
        // The connector of ProxyAgent passes the signal to its CONNECT request. The others return their socket.
        // undici uses the address of a proxy as the server name of TLS, which Node 26 refuses.
        const servername = isIP(target.servername ?? "") ? undefined : target.servername;
        const named = { ...target, servername, signal } as buildConnector.Options;
        const made: unknown = connect?.(named, (error, socket) => {
          if (socket) callback(null, socket);
          else callback(signal?.aborted ? replaced : final(error), null);
        });
        signal?.once("abort", () => {
          // Other requests may use an HTTP/2 connection once it's open.
          if (made instanceof Socket && (made as TLSSocket).alpnProtocol !== "h2") made.destroy(aborted);
        });
      },
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#signal = (options as { signal?: EndSignal }).signal;
    return super.dispatch(options, handler);
  }
}

/** Without this, undici would reconnect forever to a proxy that closes each connection without a response. */
function final(error: Error): Error {
  return error instanceof errors.SocketError
    ? Object.assign(new Error(error.message), { code: "ECONNRESET" })
    : error;
}
