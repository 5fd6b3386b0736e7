import type { PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
import { Agent, type buildConnector, type Dispatcher, errors, Pool, ProxyAgent } from "undici";
import { basicCredentials } from "../pipeline/proxyCredentials.node.js";

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
  if (!proxy) return new Agent({ connect: { ...tls, timeout }, allowH2: false });
  const credentials = basicCredentials(proxy);
  return new ProxyAgent({
    uri: proxy.origin,
    allowH2: false,
    // undici 8 would send requests over http to the proxy itself.
    proxyTunnel: true,
    ...(credentials && { token: `Basic ${credentials}` }),
    requestTls: { ...tls, timeout },
    factory: createTunnelPool,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeout }),
  });
}

/**
 * Until undici 8.10, a proxy that closes each connection without a response is connected to again and again, without end
 * (nodejs/undici#3897). This can go with the support for undici 7.
 */
function createTunnelPool(origin: string | URL, options: { connect?: buildConnector.connector }): Pool {
  const { connect } = options;
  return new Pool(origin, {
    ...options,
    ...(connect && {
      connect: (target: buildConnector.Options, callback: buildConnector.Callback) =>
        connect(target, (...[error, socket]) => {
          if (socket) callback(null, socket);
          else callback(final(error), null);
        }),
    }),
  });
}

function final(error: Error): Error {
  return error instanceof errors.SocketError
    ? Object.assign(new Error(error.message), { code: "ECONNRESET" })
    : error;
}
