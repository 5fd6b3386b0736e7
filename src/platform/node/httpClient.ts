import http from "node:http";
import https from "node:https";
import {
  type Agent,
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";

/** What a request hands to the agent that opens its connection. */
export interface AttemptConnectionOptions extends http.RequestOptions {
  /** Aborts when the attempt ends, so that a connection which is being opened ends with it. */
  readonly attemptSignal?: AbortSignal;
}

/** `addRequest` isn't in Node's documentation, but every agent has it: agents of other packages override it, too. */
interface NodeAgent extends Agent {
  addRequest(request: http.ClientRequest, options: AttemptConnectionOptions): void;
}

/**
 * Creates core's client on node:http. Attack M7: it waits for ever when a server answers 101, since node:http then closes the
 * connection with neither a response nor an error (core 1.25.1).
 */
export function createHttpClient(): HttpClient {
  const client = createDefaultHttpClient();
  const plainAgent = new http.Agent({ keepAlive: true });
  const noSettings = {};
  const secureAgents = new WeakMap<object, https.Agent>();

  function agentOf({ url, agent, tlsSettings = noSettings, disableKeepAlive }: PipelineRequest): Agent {
    if (agent) return agent;
    // Core takes Node's global agent for these, which keeps connections since Node 19.
    if (disableKeepAlive) return new (url.startsWith("https:") ? https : http).Agent({ ...tlsSettings });
    if (!url.startsWith("https:")) return plainAgent;
    const known = secureAgents.get(tlsSettings);
    const secureAgent = known ?? new https.Agent({ keepAlive: true, ...tlsSettings });
    if (!known) secureAgents.set(tlsSettings, secureAgent);
    return secureAgent;
  }

  return {
    sendRequest(request) {
      const value = attemptAgent(agentOf(request) as NodeAgent, request.abortSignal as AbortSignal);
      // Not enumerable, since an agent shows private keys and the passwords of proxies.
      Object.defineProperty(request, "agent", { value, configurable: true, writable: true });
      return client.sendRequest(request);
    },
  };
}

/** The same agent, which also tells the end of the attempt to its connections and takes 101 for a lost connection. */
function attemptAgent(agent: NodeAgent, attemptSignal: AbortSignal): NodeAgent {
  const addRequest: NodeAgent["addRequest"] = (request, options) => {
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      const error = new Error("The server switched protocols in the place of an answer.");
      // Nobody listens any more when the attempt has ended meanwhile, and an error without a listener ends the process.
      if (request.listenerCount("error") > 0) {
        request.emit("error", Object.assign(error, { code: "ECONNRESET" }));
      }
    });
    agent.addRequest(request, { ...options, attemptSignal });
  };
  return Object.create(agent, { addRequest: { value: addRequest } });
}
