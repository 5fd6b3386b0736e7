import { isIP, Socket } from "node:net";
import type { PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
import { Agent, type buildConnector, Client, type Dispatcher, errors, Pool, ProxyAgent } from "undici";
import { decodeCredential } from "../pipeline/proxyCredentials.js";
import type { EndSignal } from "./send.js";

/**
 * Returns a function that finds the dispatcher for a request: the given one or, without it, one for each combination of
 * TLS settings and proxy.
 *
 * @param timeout - How long opening a connection may take, and a proxy to respond, in milliseconds.
 */
export function dispatchersByTarget(
  own: Dispatcher | undefined,
  timeout = 10_000,
): (request: PipelineRequest) => Dispatcher {
  const noSettings: TlsSettings = {};
  const byTls = new WeakMap<TlsSettings, Map<string, Dispatcher>>();
  return ({ agent, tlsSettings: tls = noSettings }) => {
    // Core's proxy policy passes a proxy as an agent of node:http, which has its URL.
    const { proxy } = (agent ?? {}) as { proxy?: unknown };
    if (agent && !(proxy instanceof URL)) {
      throw new TypeError(
        "undici can't use an agent of node:http. Pass a dispatcher to createUndiciHttpClient.",
      );
    }
    if (own) return own;
    const byProxy = byTls.get(tls) ?? new Map<string, Dispatcher>();
    byTls.set(tls, byProxy);
    const found = byProxy.get(String(proxy)) ?? createDispatcher(tls, timeout, proxy as URL | undefined);
    byProxy.set(String(proxy), found);
    return found;
  };
}

function createDispatcher(tls: TlsSettings, timeout: number, proxy?: URL): Dispatcher {
  const settings = { factory: createPool, allowH2: false };
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

function createPool(origin: string | URL, options: object): Pool {
  return new Pool(origin, {
    ...options,
    factory: (url, clientOptions) => new AbortableClient(url, clientOptions),
  });
}

/**
 * Stops connecting when the request that needs the connection ends. undici's own client continues, for up to 10 s with a
 * server and 5 minutes with a proxy that doesn't respond, and keeps the process alive for that time.
 */
class AbortableClient extends Client {
  #signal: EndSignal | undefined;

  constructor(url: URL, { connect, ...options }: { connect?: buildConnector.connector }) {
    super(url, {
      ...options,
      connect: (target, callback) => {
        const signal = this.#signal;
        // undici connects again for a request that it has sent and that was aborted then.
        if (signal?.aborted) return queueMicrotask(() => callback(new errors.RequestAbortedError(), null));
        // undici uses the address of a proxy as the server name of TLS, which Node 26 refuses.
        const servername = isIP(target.servername ?? "") ? undefined : target.servername;
        // The connector of ProxyAgent passes the signal to its CONNECT request. The others return their socket.
        const named = { ...target, servername, signal } as buildConnector.Options;
        const socket: unknown = connect?.(named, (...[error, connected]) => {
          if (connected) callback(null, connected);
          else callback(final(error), null);
        });
        signal?.addEventListener("abort", () => {
          if (socket instanceof Socket) socket.destroy(new errors.RequestAbortedError());
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
