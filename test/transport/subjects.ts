import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "@azure/core-rest-pipeline";
import { transportPolicy } from "../../src/pipeline/transportPolicy.js";
import { createUndiciHttpClient } from "../../src/undici/index.js";
import type { CancellableRequest, RequestParts, Subject, SubjectName } from "./contract.js";

/** Creates new transports, which don't share connections with other tests. */
export function makeSubjects(): readonly Subject[] {
  return [
    subject("node:http", bounded(createDefaultHttpClient())),
    subject("undici", bounded(createUndiciHttpClient())),
    subject("undici alone", createUndiciHttpClient()),
  ];
}

/** Wraps a transport as the client of this package does. */
function bounded(client: HttpClient): HttpClient {
  const policy = transportPolicy(new URL("http://127.0.0.1"), {});
  return {
    sendRequest: (request) => policy.sendRequest(request, (sent) => client.sendRequest(sent)),
  };
}

function subject(name: SubjectName, client: HttpClient): Subject {
  return { name, client, makeRequest };
}

function makeRequest({
  url,
  method = "GET",
  body,
  headers = {},
  settings,
}: RequestParts): CancellableRequest {
  const controller = new AbortController();
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders({ ...headers }),
    allowInsecureConnection: true,
    abortSignal: controller.signal,
    ...(body !== undefined && { body }),
  });
  Object.assign(request, settings);
  return { request, abort: () => controller.abort() };
}
