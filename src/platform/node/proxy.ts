// Replaces core's proxy agent (https-proxy-agent 7 and 9, core 1.25.1), which treats every response to CONNECT other
// than 200 as the service's response, throws for a literal % in a password once its socket is open, and leaves its
// connection open if the attempt ends before the proxy has responded.
import type { RequestOptions } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import {
  type PipelineOptions,
  type PipelinePolicy,
  type ProxySettings,
  proxyPolicy,
  type TlsSettings,
} from "@azure/core-rest-pipeline";
import { HttpsProxyAgent } from "hpagent";
import { decodeCredential } from "../../pipeline/proxyCredentials.js";
import { proxyRefusal } from "../../pipeline/proxyRefusal.js";
import { setHidden } from "./setHidden.js";

/**
 * Creates a policy that lets core choose the proxy (`proxyOptions`, or the environment with `NO_PROXY`) and opens the
 * tunnel for https with hpagent, which rejects every response to CONNECT other than 200. The TLS options apply to the
 * service behind the proxy; core ignores them there.
 *
 * @throws TypeError if the proxy's URL can't be read. The message contains no part of it.
 */
export function safeProxyPolicy({ proxyOptions, tlsOptions }: PipelineOptions): PipelinePolicy {
  const policy = proxyPolicy(readProxy(proxyOptions));
  const tunnels = new WeakMap<object, TunnelAgent>();
  return {
    name: policy.name,
    sendRequest(request, next) {
      if (request.agent) return next(request);
      return policy.sendRequest(request, (chosen) => {
        const { agent } = chosen;
        if (!agent || !chosen.url.startsWith("https:")) return next(chosen);
        const { proxy } = agent as unknown as { proxy: URL };
        const tunnel = tunnels.get(agent) ?? new TunnelAgent(proxy, tlsOptions);
        tunnels.set(agent, tunnel);
        setHidden(chosen, "agent", tunnel);
        return next(chosen);
      });
    },
  };
}

class TunnelAgent extends HttpsProxyAgent {
  readonly #hostname: string;

  constructor(proxy: URL, tlsOptions: TlsSettings | undefined) {
    // Neither node:http nor certificates accept an IPv6 literal in brackets.
    const hostname = proxy.hostname.replace(/^\[|\]$/g, "");
    const forTunnel = new URL(proxy);
    // hpagent also uses it as the TLS server name, which must not be an address.
    if (isIP(hostname)) Object.defineProperty(forTunnel, "hostname", { value: "" });
    super({ ...tlsOptions, keepAlive: true, proxy: forTunnel });
    this.#hostname = hostname;
  }

  override createConnection(
    options: RequestOptions & { readonly attemptSignal?: AbortSignal },
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    // hpagent reads the options of its CONNECT request from here. The signal ends that request with the attempt.
    const proxyRequestOptions = { hostname: this.#hostname, signal: options.attemptSignal };
    Object.assign(this, { proxyRequestOptions });
    super.createConnection(options, (error, socket) => {
      const [, status] = /^Bad response: (\d+)$/.exec(error?.message ?? "") ?? [];
      callback?.(status ? proxyRefusal(Number(status)) : error, socket);
    });
    return undefined;
  }
}

/** In the order of core, which uses the first one for every scheme. */
const variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/** Reads `proxyOptions` or, without them, the environment, with credentials as core needs them: percent-encoded. */
function readProxy(given: ProxySettings | undefined): ProxySettings | undefined {
  const variable = variables.find((name) => process.env[name]);
  const text = given ? given.host : process.env[variable ?? ""];
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // As in core, it may be a string, for example from an environment variable, or part of the URL.
  const port = Number(given?.port ?? (url?.port || (url?.protocol === "https:" ? 443 : 80)));
  if (!url || !/^https?:$/.test(url.protocol) || !Number.isInteger(port) || port < 1 || port > 65_535) {
    const name = given ? "proxyOptions" : `The environment variable ${variable}`;
    throw new TypeError(`${name} can't be used: a proxy needs an http or https URL, and a number as port.`);
  }
  return {
    host: `${url.protocol}//${url.hostname}`,
    port,
    username: encodeURIComponent(given?.username ?? decodeCredential(url.username)),
    password: encodeURIComponent(given?.password ?? decodeCredential(url.password)),
  };
}
