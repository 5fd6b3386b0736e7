import type { PipelineRequest, TlsSettings } from "@azure/core-rest-pipeline";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { UndiciHttpClientOptions } from "./options.js";

/** What the caller's own dispatcher makes useless. */
const ownOptions = [
  "connections",
  "connectTimeoutInMs",
  "keepAliveTimeoutInMs",
  "allowH2",
  "proxy",
  "tlsOptions",
] as const;

/** The dispatcher for each request: one for all, unless requests bring TLS settings or proxies of their own. */
export function dispatchersOf(options: UndiciHttpClientOptions): (request: PipelineRequest) => Dispatcher {
  const { dispatcher } = options;
  if (dispatcher) {
    const unheeded = ownOptions.filter((name) => options[name] !== undefined);
    if (unheeded.length > 0) {
      throw new TypeError(`A dispatcher of your own does not heed ${unheeded.join(", ")}: set it up there.`);
    }
    return (request) => {
      refuseNodeAgent(request);
      return dispatcher;
    };
  }
  const byTls = new WeakMap<TlsSettings, Map<string, Dispatcher>>();
  const defaultTls = options.tlsOptions ?? {};
  const defaultProxy = options.proxy === undefined ? "" : new URL(options.proxy).href;

  function get(tls: TlsSettings, proxy: string): Dispatcher {
    const byProxy = byTls.get(tls) ?? new Map<string, Dispatcher>();
    byTls.set(tls, byProxy);
    const known = byProxy.get(proxy) ?? create(options, tls, proxy);
    byProxy.set(proxy, known);
    return known;
  }

  let usual: Dispatcher | undefined;
  return (request) => {
    if (!request.agent && !request.tlsSettings) {
      usual ??= get(defaultTls, defaultProxy);
      return usual;
    }
    refuseNodeAgent(request);
    return get(request.tlsSettings ?? defaultTls, proxyOf(request) ?? defaultProxy);
  };
}

function create(options: UndiciHttpClientOptions, tls: TlsSettings, proxy: string): Dispatcher {
  const { connections, connectTimeoutInMs, keepAliveTimeoutInMs, allowH2 } = options;
  const connect = {
    ...tls,
    ...(connectTimeoutInMs !== undefined && { timeout: connectTimeoutInMs }),
  };
  const settings = {
    ...(connections !== undefined && { connections }),
    ...(keepAliveTimeoutInMs !== undefined && { keepAliveTimeout: keepAliveTimeoutInMs }),
    ...(allowH2 !== undefined && { allowH2 }),
  };
  return proxy
    ? new ProxyAgent({ ...settings, uri: proxy, requestTls: connect })
    : new Agent({ ...settings, connect });
}

/** Core's proxy policy puts a proxy on a request as an agent of node:http, which names its URL. */
function proxyOf({ agent }: PipelineRequest): string | undefined {
  const { proxy } = (agent ?? {}) as { proxy?: unknown };
  return proxy instanceof URL ? proxy.href : undefined;
}

function refuseNodeAgent(request: PipelineRequest): void {
  if (request.agent && proxyOf(request) === undefined) {
    throw new TypeError(
      "undici has no use for an agent of node:http. Pass a dispatcher to createUndiciHttpClient instead.",
    );
  }
}
