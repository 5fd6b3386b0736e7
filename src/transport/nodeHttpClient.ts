// Core's own client makes two abort controllers and eight listeners for each request, which costs as much as the
// request itself.
import http from "node:http";
import https from "node:https";
import {
  createDefaultHttpClient,
  type HttpClient,
  type HttpHeaders,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from "@azure/core-rest-pipeline";
import { HeaderMap } from "../headerMap.js";
import { onEndOf } from "../operationRequest.js";

type NodeAgent = http.Agent & https.Agent;

/** A transport on node:http. Its responses carry their body as `readableStreamBody`. What is more than a text goes to core's. */
export function createNodeHttpClient(): HttpClient {
  const core = createDefaultHttpClient();
  const noSettings = {};
  const agents = new WeakMap<object, https.Agent>();
  let plainAgent: http.Agent | undefined;

  function agentOf({ agent, disableKeepAlive, tlsSettings = noSettings }: PipelineRequest, isPlain: boolean) {
    if (agent) return agent as NodeAgent;
    if (disableKeepAlive) return new (isPlain ? http : https).Agent({ ...tlsSettings } as https.AgentOptions);
    if (isPlain) {
      plainAgent ??= new http.Agent({ keepAlive: true });
      return plainAgent;
    }
    const cached = agents.get(tlsSettings);
    if (cached) return cached;
    const made = new https.Agent({ keepAlive: true, ...(tlsSettings as https.AgentOptions) });
    agents.set(tlsSettings, made);
    return made;
  }

  return {
    async sendRequest(request) {
      const { body = "", onUploadProgress, onDownloadProgress } = request;
      if (typeof body !== "string" || onUploadProgress || onDownloadProgress)
        return core.sendRequest(request);
      const url = new URL(request.url);
      const isPlain = url.protocol !== "https:";
      if (isPlain && !request.allowInsecureConnection) {
        throw new RestError("Plain http needs allowInsecureConnection.", { request });
      }
      return send(request, url, isPlain ? http.request : https.request, agentOf(request, isPlain), body);
    },
  };
}

function send(
  request: PipelineRequest,
  url: URL,
  open: typeof http.request,
  agent: http.Agent,
  body: string,
): Promise<PipelineResponse> {
  const headers = request.headers.toJSON({ preserveCase: true });
  if (body) headers["Content-Length"] ??= String(Buffer.byteLength(body));
  const { hostname, port, pathname, search } = url;
  const { method, requestOverrides } = request;
  return new Promise((resolve, reject) => {
    const outgoing = open({
      agent,
      hostname,
      port,
      path: pathname + search,
      method,
      headers,
      ...requestOverrides,
    });
    const stop = () => {
      const error = new Error("The operation was aborted.");
      error.name = "AbortError";
      reject(error);
      outgoing.destroy(error);
    };
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      reject(new RestError(error.message, { code: error.code ?? RestError.REQUEST_SEND_ERROR, request }));
    });
    outgoing.once("close", () => forget());
    outgoing.once("response", (incoming) => {
      resolve({
        request,
        status: incoming.statusCode ?? 0,
        headers: readHeaders(incoming.headers),
        readableStreamBody: incoming,
      });
    });
    const forget = onEndOf(request, stop);
    if (!outgoing.destroyed) outgoing.end(body);
  });
}

/** Of a header that came more than once, the first value, as core takes it. */
function readHeaders(received: http.IncomingHttpHeaders): HttpHeaders {
  const headers = new HeaderMap();
  for (const name in received) {
    const value = received[name];
    const first = typeof value === "object" ? value[0] : value;
    if (first) headers.set(name, first);
  }
  return headers;
}
