import type { PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
import { Agent, type buildConnector, type Dispatcher, errors, Pool, ProxyAgent } from "undici";
import { basicCredentials } from "../shared/proxyCredentials.js";

/**
 * Returns a function that finds the dispatcher for a request: the given one or, without it, one for each combination of
 * TLS settings and proxy agent.
 *
 * @param timeout - How long opening a connection may take, and a proxy to respond, in milliseconds.
 */
export function dispatcherFinder(
  own?: Dispatcher,
  timeout = 10_000,
): (request: PipelineRequest) => Dispatcher {
  const none: object = {};
  const byTls = new WeakMap<TlsSettings, WeakMap<object, Dispatcher>>();
  return ({ agent = none, tlsSettings: tls = none }) => {
    // Core's proxy policy passes a proxy as an agent of node:http, which has its URL.
    const { proxy } = agent as { proxy?: unknown };
    if (agent !== none && !(proxy instanceof URL)) {
      throw new TypeError(
        "undici can't use an agent of node:http. Pass a dispatcher to createUndiciHttpClient.",
      );
    }
    if (own) return own;
    const byAgent = byTls.get(tls) ?? new WeakMap<object, Dispatcher>();
    const found = byAgent.get(agent) ?? createDispatcher(tls, timeout, proxy as URL | undefined);
    byTls.set(tls, byAgent.set(agent, found));
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
 * A tunnel that can't be used: until undici 8.10, a proxy that closes each connection without a response is connected to again
 * and again, without end (nodejs/undici#3897), and so is one that sends a page in response to CONNECT. undici goes on after a
 * SocketError, and after bytes that nobody has asked for.
 */
function createTunnelPool(origin: string | URL, options: object): Pool {
  const { connect } = options as { connect: buildConnector.connector };
  return new Pool(origin, {
    ...options,
    connect: (target: buildConnector.Options, callback: buildConnector.Callback) =>
      connect(target, (...[error, socket]) => {
        if (socket?.readableLength === 0) return callback(null, socket);
        socket?.on("error", () => undefined).destroy();
        // undici has a message of this form for another status, and `toRestError` reads the status from the message.
        if (socket) return callback(new Error("Proxy response (200) with a body"), null);
        const isLost = error instanceof errors.SocketError;
        callback(isLost ? Object.assign(new Error(error.message), { code: "ECONNRESET" }) : error, null);
      }),
  });
}
