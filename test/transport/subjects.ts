import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "@azure/core-rest-pipeline";
import { OperationRequest } from "../../src/operationRequest.js";
import { boundedHttpClient } from "../../src/transport/boundedHttpClient.js";
import { createNodeHttpClient } from "../../src/transport/nodeHttpClient.js";
import { createUndiciHttpClient } from "../../src/undici/index.js";
import type { CancellableRequest, RequestParts, Subject, SubjectName } from "./contract.js";

/** New transports, whose connections no other test has. */
export function makeSubjects(): readonly Subject[] {
  return [
    subject("core", boundedHttpClient(createDefaultHttpClient()), plainRequest),
    subject("node:http", boundedHttpClient(createNodeHttpClient()), operationRequest),
    subject("undici", boundedHttpClient(createUndiciHttpClient()), operationRequest),
    subject("undici as a stream", boundedHttpClient(createUndiciHttpClient()), plainRequest),
    subject("undici alone", createUndiciHttpClient(), plainRequest),
  ];
}

function subject(name: SubjectName, client: HttpClient, makeRequest: Subject["makeRequest"]): Subject {
  return { name, client, makeRequest };
}

/** As another client of the Azure SDK makes it. */
function plainRequest({
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

/** As the client of this package makes it, in its first attempt. */
function operationRequest({
  url,
  method = "GET",
  body,
  headers = {},
  settings,
}: RequestParts): CancellableRequest {
  const request = new OperationRequest({
    url,
    method,
    body,
    headers: createHttpHeaders({ ...headers }),
    requestId: "an-id",
    allowInsecureConnection: true,
    timeout: 0,
    ...settings,
  });
  const attempt = request.beginAttempt();
  return { request, abort: () => attempt.end(new Error("The call was aborted.")) };
}
