// Core's proxy agents (https-proxy-agent and http-proxy-agent 7, core-rest-pipeline 1.25.1) throw for a literal % in a password
// once their socket is open, leave a connection open if the attempt ends before the proxy has responded, open one for each
// request, ignore TLS options (known since Azure/azure-sdk-for-js#21172), and are created for each client. The agents are
// amended here until core passes them such options.
import type { ClientRequest, RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
import {
  type Agent,
  type PipelineOptions,
  type PipelinePolicy,
  type ProxySettings,
  proxyPolicy,
  type TlsSettings,
} from "@azure/core-rest-pipeline";
import { argumentError } from "../errors.js";
import { decodeCredential } from "../shared/proxyCredentials.js";
import { setHidden } from "./setHidden.node.js";

/** What core's proxy agents have besides what core's type says. */
interface ProxyAgent extends Agent {
  keepAlive: boolean;
  readonly options: { timeout?: number };
  readonly connectOpts: { signal?: AbortSignal | undefined };
  isSecureEndpoint(): boolean;
  connect(request: ClientRequest, options: ConnectionOptions): Promise<Duplex>;
}

/**
 * The signal of the attempt travels from the policy below to the agent below through core's transport, as an option of
 * http.request: neither core nor Node (which withholds its own option `signal` from agents) tells an agent that a request
 * has ended before it has a socket.
 */
interface ConnectionOptions extends RequestOptions {
  readonly attemptSignal?: AbortSignal;
}

/** As Node's global agent does. */
const idleLimitInMs = 5_000;

const noTlsSettings: TlsSettings = {};
const shared = new WeakMap<TlsSettings, Map<string, PipelinePolicy>>();

/**
 * Lets core choose the proxy (`proxyOptions`, or the environment with `NO_PROXY`) and connect to it. All clients with the same
 * proxy and the same `tlsOptions` object share its agents, whose tunnels are kept alive for 5 seconds without keeping the
 * process alive, and end with the attempt while they are being opened. The TLS options apply to the service behind the proxy.
 *
 * @throws TypeError if the proxy's URL can't be read. The message contains no part of it.
 */
export function sharedProxyPolicy({
  proxyOptions,
  tlsOptions = noTlsSettings,
}: PipelineOptions): PipelinePolicy {
  const settings = readProxy(proxyOptions);
  const key = JSON.stringify(settings ?? null);
  const byProxy = shared.get(tlsOptions) ?? new Map<string, PipelinePolicy>();
  shared.set(tlsOptions, byProxy);
  const policy = byProxy.get(key) ?? amendedProxyPolicy(settings, tlsOptions);
  byProxy.set(key, policy);
  return policy;
}

function amendedProxyPolicy(settings: ProxySettings | undefined, tlsOptions: TlsSettings): PipelinePolicy {
  const policy = proxyPolicy(settings);
  // As in curl. Core takes it for the name of a host, and reads the variable once, too.
  const { NO_PROXY, no_proxy } = process.env;
  const bypassesAll = (NO_PROXY || no_proxy || "").split(",").some((host) => host.trim() === "*");
  const amended = new WeakSet<Agent>();

  function amend(agent: ProxyAgent, isSecure: boolean): void {
    const connect = agent.connect.bind(agent);
    agent.keepAlive = true;
    agent.options.timeout = idleLimitInMs;
    // Otherwise it looks at the call stack, and finds no connection again that it has kept.
    agent.isSecureEndpoint = () => isSecure;
    agent.connect = async (request, { attemptSignal, ...options }) => {
      // Only while the connection is being opened: nothing listens for errors of a socket below TLS after that.
      const opening = new AbortController();
      const abort = () => opening.abort();
      attemptSignal?.addEventListener("abort", abort);
      if (attemptSignal?.aborted) abort();
      // The agent reads it before it waits for anything.
      agent.connectOpts.signal = opening.signal;
      try {
        return await connect(request, { ...options, ...tlsOptions });
      } catch (error) {
        // The error of a proxy that closes its connection instead of responding has no code.
        throw Object.assign(error as Error, { code: (error as { code?: string }).code ?? "ECONNRESET" });
      } finally {
        attemptSignal?.removeEventListener("abort", abort);
      }
    };
    amended.add(agent);
  }

  return {
    name: policy.name,
    sendRequest(request, next) {
      if (request.agent || bypassesAll) return next(request);
      return policy.sendRequest(request, (chosen) => {
        const { agent, abortSignal: attemptSignal } = chosen;
        if (!agent) return next(chosen);
        // Another version of core may bring agents of another kind.
        if ("connectOpts" in agent && !amended.has(agent)) {
          amend(agent as ProxyAgent, chosen.url.startsWith("https:"));
        }
        setHidden(chosen, "agent", agent);
        chosen.requestOverrides = { ...chosen.requestOverrides, attemptSignal };
        return next(chosen);
      });
    },
  };
}

/** In the order of core, which uses the first one for every scheme. */
const variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/** Returns the name of the environment variable that names the proxy. */
export function proxyVariable(): string | undefined {
  return variables.find((name) => process.env[name]);
}

/** Reads `proxyOptions` or, without them, the environment, with credentials as core needs them: percent-encoded. */
function readProxy(given: ProxySettings | undefined): ProxySettings | undefined {
  const variable = proxyVariable();
  const text = given ? given.host : process.env[variable ?? ""];
  if (!given && text === undefined) return undefined;
  const name = given ? "proxyOptions" : `The environment variable ${variable}`;
  const refusal = (cause: string) => {
    const form = given
      ? '{ host: "http://<host>", port: <number> }'
      : "http://<host>:<port>, or http://<user>:<password>@<host>:<port> with percent-encoded credentials";
    return argumentError(`${name} can't be used: ${cause}. Write ${form}.`, "INVALID_PROXY");
  };
  const url = text && URL.canParse(text) ? new URL(text) : undefined;
  if (!/^\s*https?:/i.test(url?.protocol ?? text ?? "")) {
    throw refusal("it doesn't begin with http:// or https://");
  }
  // As in core, it may be a string, for example from an environment variable, or part of the URL.
  const port = Number(given?.port ?? (url?.port || (url?.protocol === "https:" ? 443 : 80)));
  if (!url || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw refusal("its host or port can't be read");
  }
  try {
    return {
      host: `${url.protocol}//${url.hostname}`,
      port,
      // These throw for half of a surrogate pair.
      username: encodeURIComponent(given?.username ?? decodeCredential(url.username)),
      password: encodeURIComponent(given?.password ?? decodeCredential(url.password)),
    };
  } catch {
    throw refusal("its user name or password can't be encoded");
  }
}
