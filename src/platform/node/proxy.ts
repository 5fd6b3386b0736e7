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

/**
 * Creates a policy that lets core choose the proxy (`proxyOptions`, or the environment with `NO_PROXY`) and opens the
 * tunnel for https with hpagent, which rejects every response to CONNECT other than 200. The TLS options apply to the
 * service behind the proxy; core ignores them there.
 *
 * @throws TypeError if the proxy's URL can't be read. The message contains no part of it.
 */
export function safeProxyPolicy({ proxyOptions, tlsOptions }: PipelineOptions): PipelinePolicy {
  const policy = proxyPolicy(proxyOptions ? readSettings(proxyOptions) : readEnvironment());
  const tunnels = new WeakMap<object, TunnelAgent>();
  return {
    name: policy.name,
    sendRequest(request, next) {
      if (request.agent) return next(request);
      return policy.sendRequest(request, (chosen) => {
        const { agent } = chosen;
        if (!agent || !chosen.url.startsWith("https:")) return next(chosen);
        const { proxy } = agent as unknown as { proxy: URL };
        const value = tunnels.get(agent) ?? new TunnelAgent(proxy, tlsOptions);
        tunnels.set(agent, value);
        // Not enumerable, since printing an agent shows private keys and proxy passwords.
        Object.defineProperty(chosen, "agent", {
          value,
          enumerable: false,
          configurable: true,
          writable: true,
        });
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

/**
 * Reads the settings and encodes the credentials, since core puts them into a URL from which the agent decodes them.
 */
function readSettings({ host, port: given, username, password }: ProxySettings): ProxySettings {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  // As in core, it may be a string, for example from an environment variable, or part of the URL.
  const port = Number(given ?? url?.port);
  if (!url || !/^https?:$/.test(url.protocol) || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError("proxyOptions can't be used: host must be an http or https URL, and port a number.");
  }
  return {
    host: `${url.protocol}//${url.hostname}`,
    port,
    ...encodeCredentials(
      username ?? decodeCredential(url.username),
      password ?? decodeCredential(url.password),
    ),
  };
}

function readEnvironment(): ProxySettings | undefined {
  const { env } = process;
  for (const name of ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"]) {
    const value = env[name] || env[name.toLowerCase()];
    if (!value) continue;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new TypeError(`The environment variable ${name} isn't an http or https URL.`);
    }
    return {
      host: `${url.protocol}//${url.hostname}`,
      port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
      ...encodeCredentials(decodeCredential(url.username), decodeCredential(url.password)),
    };
  }
  return undefined;
}

function encodeCredentials(username: string, password: string): Pick<ProxySettings, "username" | "password"> {
  return {
    ...(username && { username: encodeURIComponent(username) }),
    ...(password && { password: encodeURIComponent(password) }),
  };
}
