import http from "node:http";
import https from "node:https";
import {
  type Agent,
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { setHidden } from "./setHidden.js";

/** Node doesn't document `addRequest`, but every agent has it, and agents of other packages override it. */
interface NodeAgent extends Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void;
}

/**
 * Creates core's node:http client, and adds an error for status 101. Without it, core waits forever, since node:http
 * closes the connection with neither a response nor an error (core 1.25.1).
 */
export function createHttpClient(): HttpClient {
  const client = createDefaultHttpClient();
  const plainAgent = new http.Agent({ keepAlive: true });
  const noSettings = {};
  const secureAgents = new WeakMap<object, Agent>();
  const reportingAgents = new WeakMap<Agent, Agent>();

  function agentOf({ url, agent, tlsSettings = noSettings, disableKeepAlive }: PipelineRequest): Agent {
    if (agent) return agent;
    // Core uses Node's global agent for these, which has kept connections alive since Node 19.
    if (disableKeepAlive) return new (url.startsWith("https:") ? https : http).Agent({ ...tlsSettings });
    if (!url.startsWith("https:")) return plainAgent;
    return remember(secureAgents, tlsSettings, () => new https.Agent({ keepAlive: true, ...tlsSettings }));
  }

  return {
    sendRequest(request) {
      const agent = agentOf(request);
      const value = remember(reportingAgents, agent, () => reportUpgrades(agent as NodeAgent));
      // A redirect or a corrected clock sends the request again within the attempt.
      reportingAgents.set(value, value);
      setHidden(request, "agent", value);
      return client.sendRequest(request);
    },
  };
}

function remember<Key extends object>(agents: WeakMap<Key, Agent>, key: Key, create: () => Agent): Agent {
  const agent = agents.get(key) ?? create();
  agents.set(key, agent);
  return agent;
}

/** Wraps an agent, so that it reports status 101 as a lost connection. */
function reportUpgrades(agent: NodeAgent): NodeAgent {
  const addRequest: NodeAgent["addRequest"] = (request, options) => {
    request.on("upgrade", (_response, socket) => {
      socket.destroy();
      const error = new Error("The server switched protocols instead of responding.");
      // If the attempt has already ended, nothing listens, and an error event without a listener ends the process.
      if (request.listenerCount("error") > 0) {
        request.emit("error", Object.assign(error, { code: "ECONNRESET" }));
      }
    });
    agent.addRequest(request, options);
  };
  // Without a receiver, getters run on the agent itself, since they may use private fields.
  return new Proxy(agent, {
    get: (target, name) => (name === "addRequest" ? addRequest : Reflect.get(target, name)),
  });
}
