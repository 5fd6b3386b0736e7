// Core's proxy agents (https-proxy-agent and http-proxy-agent 7, core-rest-pipeline 1.25.1) throw for a literal % in a password
// once their socket is open, leave a connection open if the attempt ends before the proxy has responded, open one for each
// request, ignore TLS options (known since Azure/azure-sdk-for-js#21172), and are created for each client. The agents are
// amended here until core passes them such options.
import {
  type Agent,
  type PipelineOptions,
  type PipelinePolicy,
  type ProxySettings,
  proxyPolicy,
  type TlsSettings,
} from "@azure/core-rest-pipeline";
import { argumentError } from "../arguments/argumentError.js";
import { parseUrl } from "../shared/parseUrl.js";
import { decodeCredential } from "../shared/proxyCredentials.js";
import { inStep, onAbort, type Step } from "./cancellation.js";

/** What core's proxy agents have besides what core's type says. */
interface ProxyAgent extends Agent {
  keepAlive: boolean;
  readonly options: { timeout?: number };
  readonly connectOpts: { signal?: AbortSignal };
  readonly proxy: URL;
  isSecureEndpoint(): boolean;
  /**
   * The signal of the attempt gets here as an option of http.request: neither core nor Node (which withholds its own option
   * `signal` from agents) tells an agent that a request has ended before it has a socket.
   */
  connect(request: unknown, options: object & { readonly attemptSignal?: AbortSignal }): Promise<unknown>;
}

const noTlsSettings: TlsSettings = {};
/** The map keeps only the latest policy of a proxy, so that passwords that are no longer used don't stay in memory. */
const shared = new WeakMap<TlsSettings, Map<string, SharedPolicy>>();
type SharedPolicy = readonly [settingsAsJson: string, policy: PipelinePolicy];

/**
 * Lets core choose the proxy (`proxyOptions`, or the environment with `NO_PROXY`) and connect to it. All clients with the same
 * proxy, credentials and `tlsOptions` object share its agents, whose tunnels are kept alive for 5 seconds without keeping the
 * process alive, and end with the attempt while they are being opened. The TLS options apply to the service behind the proxy.
 * @throws TypeError if the proxy's URL can't be read. The message contains no part of it.
 */
export function sharedProxyPolicy(options: PipelineOptions): PipelinePolicy | undefined {
  const { proxyOptions, tlsOptions = noTlsSettings } = options;
  const proxy = readProxy(proxyOptions);
  if (!proxy) return undefined;
  const settings = JSON.stringify(proxy);
  const address = `${proxy.host}:${proxy.port}`;
  const byAddress = shared.get(tlsOptions) ?? new Map<string, SharedPolicy>();
  const [foundSettings, found] = byAddress.get(address) ?? [];
  if (found && foundSettings === settings) return found;
  const policy = amendedProxyPolicy(proxy, tlsOptions);
  shared.set(tlsOptions, byAddress.set(address, [settings, policy]));
  return policy;
}

function amendedProxyPolicy(settings: ProxySettings, tlsOptions: TlsSettings): PipelinePolicy {
  const policy = proxyPolicy(settings);
  // `*` means every host, as in curl. Core takes it for the name of a host. The variable is read only once, as in core.
  const { NO_PROXY, no_proxy } = process.env;
  const bypassesAll = (NO_PROXY || no_proxy || "").split(",").some((host) => host.trim() === "*");

  function amend(agent: ProxyAgent, isSecure: boolean): void {
    const connect = agent.connect.bind(agent);
    agent.keepAlive = true;
    // In milliseconds, as in Node's global agent. A firewall may drop a connection that is idle for longer.
    agent.options.timeout = 5_000;
    // The agent's own method looks at the call stack, and doesn't find a connection again that it has kept alive.
    agent.isSecureEndpoint = () => isSecure;
    agent.connect = async (request, { attemptSignal, ...options }) => {
      // Only a connection that is being opened ends with the signal: after that, nothing listens for errors of a socket below TLS.
      const opening = new AbortController();
      const stopListening = onAbort(attemptSignal, () => opening.abort());
      if (attemptSignal?.aborted) opening.abort();
      // The agent reads the signal before it waits for anything.
      agent.connectOpts.signal = opening.signal;
      const connected = connect(request, { ...options, ...tlsOptions });
      const step: Step = [
        "PROXY_TIMEOUT",
        `The proxy ${agent.proxy.host} opened no connection`,
        "This attempt sent nothing. Check proxyOptions, or HTTPS_PROXY and NO_PROXY",
      ];
      return inStep(attemptSignal, step, connected).finally(stopListening);
    };
  }

  return {
    name: policy.name,
    sendRequest(request, next) {
      if (request.agent || bypassesAll) return next(request);
      return policy.sendRequest(request, (chosen) => {
        const agent = chosen.agent as ProxyAgent | undefined;
        // A later version of core may bring agents of another kind.
        if (!agent?.connectOpts) return next(chosen);
        if (!agent.keepAlive) amend(agent, chosen.url.startsWith("https:"));
        chosen.requestOverrides = { ...chosen.requestOverrides, attemptSignal: chosen.abortSignal };
        return next(chosen);
      });
    },
  };
}

/** The variables that core reads, in its order. Core uses the first that is set, for every scheme. */
const variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/** Returns the name of the environment variable that names the proxy. */
export function proxyVariable(): string | undefined {
  return variables.find((name) => process.env[name]);
}

/** Reads `proxyOptions` or, without them, the environment, with credentials as core needs them: percent-encoded. */
function readProxy(given: ProxySettings | undefined): ProxySettings | undefined {
  const variable = given ? undefined : proxyVariable();
  if (!given && !variable) return undefined;
  const text = given ? given.host : process.env[variable ?? ""];
  const url = parseUrl(text ?? "");
  // As in core, the port may be a string, for example from an environment variable, or part of the URL.
  const port = Number(given?.port ?? (url?.port || (url?.protocol === "https:" ? 443 : 80)));
  const refuse = (cause: string): never => {
    const form = given
      ? '{ host: "http://<host>", port: <number> }'
      : "http://<host>:<port>, or http://<user>:<password>@<host>:<port> with percent-encoded credentials";
    const name = given ? "proxyOptions" : `The environment variable ${variable}`;
    throw argumentError(`${name} can't be used: ${cause}. Write ${form}.`, "INVALID_PROXY");
  };
  if (!/^\s*https?:/i.test(url?.protocol ?? text ?? "")) refuse("it doesn't begin with http:// or https://");
  if (!url || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return refuse("its host or port can't be read");
  }
  const username = given?.username ?? decodeCredential(url.username);
  const password = given?.password ?? decodeCredential(url.password);
  if (/\p{Surrogate}/u.test(username + password)) refuse("its credentials aren't well-formed Unicode");
  return {
    host: `${url.protocol}//${url.hostname}`,
    port,
    username: encodeURIComponent(username),
    password: encodeURIComponent(password),
  };
}
