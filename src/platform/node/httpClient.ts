import http from "node:http";
import https from "node:https";
import {
  type Agent,
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";

/** The options that a request passes to the agent that opens its connection. */
export interface AttemptConnectionOptions extends http.RequestOptions {
  /** Aborts when the attempt ends, which closes a connection that is still being opened. */
  readonly attemptSignal?: AbortSignal;
}

/** Node doesn't document `addRequest`, but every agent has it, and agents of other packages override it. */
interface NodeAgent extends Agent {
  addRequest(request: http.ClientRequest, options: AttemptConnectionOptions): void;
}

/**
 * Creates core's node:http client, and adds an error for status 101. Without it, core waits forever, since node:http
 * closes the connection with neither a response nor an error (core 1.25.1).
 */
export function createHttpClient(): HttpClient {
  const client = createDefaultHttpClient();
  const plainAgent = new http.Agent({ keepAlive: true });
  const noSettings = {};
  const secureAgents = new WeakMap<object, https.Agent>();

  function agentOf({ url, agent, tlsSettings = noSettings, disableKeepAlive }: PipelineRequest): Agent {
    if (agent) return agent;
    // Core uses Node's global agent for these, which has kept connections alive since Node 19.
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
      // Not enumerable, since printing an agent shows private keys and proxy passwords.
      Object.defineProperty(request, "agent", { value, configurable: true, writable: true });
      return client.sendRequest(request);
    },
  };
}

/** Wraps an agent, so that it passes on the attempt's signal and reports status 101 as a lost connection. */
function attemptAgent(agent: NodeAgent, attemptSignal: AbortSignal): NodeAgent {
  const addRequest: NodeAgent["addRequest"] = (request, options) => {
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      const error = new Error("The server switched protocols instead of responding.");
      // If the attempt has already ended, nothing listens, and an error event without a listener ends the process.
      if (request.listenerCount("error") > 0) {
        request.emit("error", Object.assign(error, { code: "ECONNRESET" }));
      }
    });
    agent.addRequest(request, { ...options, attemptSignal });
  };
  // Without a receiver, getters run on the agent itself, since they may use private fields.
  return new Proxy(agent, {
    get: (target, name) => (name === "addRequest" ? addRequest : Reflect.get(target, name)),
  });
}
