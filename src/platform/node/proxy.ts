// Attacks that core's proxy agent (https-proxy-agent 7 and 9, core 1.25.1) doesn't withstand: it takes every answer to CONNECT
// but 200 for the service's own, throws for a literal % in a password once its socket is open, and leaves its connection
// open when the attempt ends before the proxy has answered.
import type { Duplex } from "node:stream";
import { type PipelinePolicy, type ProxySettings, proxyPolicy } from "@azure/core-rest-pipeline";
import { HttpsProxyAgent } from "hpagent";
import type { AttemptConnectionOptions } from "./httpClient.js";

/**
 * Creates a policy that lets core choose the proxy (`proxyOptions`, or the environment with `NO_PROXY`) and opens the tunnel
 * for https by hpagent, which refuses every answer to CONNECT but 200.
 *
 * @throws TypeError when the proxy's URL can't be read. The message holds no part of it.
 */
export function safeProxyPolicy(proxyOptions: ProxySettings | undefined): PipelinePolicy {
  const policy = proxyPolicy(proxyOptions ? readSettings(proxyOptions) : readEnvironment());
  const tunnels = new WeakMap<object, TunnelAgent>();
  return {
    name: policy.name,
    sendRequest(request, next) {
      if (request.agent) return next(request);
      return policy.sendRequest(request, (chosen) => {
        const { agent } = chosen;
        if (!agent || !chosen.url.startsWith("https:")) return next(chosen);
        const tunnel = tunnels.get(agent) ?? new TunnelAgent((agent as unknown as { proxy: URL }).proxy);
        tunnels.set(agent, tunnel);
        chosen.agent = tunnel;
        return next(chosen);
      });
    },
  };
}

/**
 * Creates the error for a proxy's answer that came in the place of the service's. With a 5xx a proxy says that it couldn't
 * connect, which may pass.
 */
export function proxyRefusal(status: number): Error & { readonly code: string } {
  const reason = status === 407 ? ": it wants credentials" : "";
  const code = status >= 500 ? "ECONNREFUSED" : "PROXY_REFUSED";
  return Object.assign(new Error(`The proxy refused the connection with status ${status}${reason}.`), {
    code,
  });
}

class TunnelAgent extends HttpsProxyAgent {
  readonly #hostname: string;

  constructor(proxy: URL) {
    super({ keepAlive: true, proxy });
    // node:http looks up an IPv6 literal as a name when it keeps its brackets.
    this.#hostname = proxy.hostname.replace(/^\[|\]$/g, "");
  }

  override createConnection(
    options: AttemptConnectionOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    // hpagent takes the options of its CONNECT request from here. The signal ends that request with the attempt.
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
 * Core puts the settings into a URL, and the agent decodes what it finds there: with its escapes encoded, a value arrives as
 * it was written.
 */
function readSettings({ host, port, username, password }: ProxySettings): ProxySettings {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError("proxyOptions can't be used: host must be an http or https URL, and port a number.");
  }
  return {
    host: `${url.protocol}//${url.hostname}`,
    port,
    ...encodeCredentials(username ?? decode(url.username), password ?? decode(url.password)),
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
      ...encodeCredentials(decode(url.username), decode(url.password)),
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

/** Leaves alone a literal `%`, as people write in passwords. */
function decode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
