import { createHttpHeaders, type HttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";
import { userId } from "./identityReplies.js";
import type { ReceivedRequest } from "./requestReader.js";

/** Creates a transport without a network that answers every request with a user and records what would be sent. */
export function recordingHttpClient(): { httpClient: HttpClient; requests: ReceivedRequest[] } {
  const requests: ReceivedRequest[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      requests.push(receivedFrom(request));
      return {
        request,
        status: 201,
        headers: createHttpHeaders({ "Content-Type": "application/json" }),
        bodyAsText: JSON.stringify({ identity: { id: userId } }),
      };
    },
  };
  return { httpClient, requests };
}

/** Converts a request to what Node's transports send: a Host header takes precedence over the URL's host. */
export function receivedFrom(request: PipelineRequest): ReceivedRequest {
  const url = new URL(request.url);
  const headers = new Map([["host", url.host], ...Object.entries(request.headers.toJSON())]);
  return {
    method: request.method,
    target: `${url.pathname}${url.search}`,
    headers,
    body: Buffer.from(typeof request.body === "string" ? request.body : ""),
    at: performance.now(),
  };
}
