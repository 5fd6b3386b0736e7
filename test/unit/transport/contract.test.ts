// The contract of every transport under the client, as cases against servers on raw sockets, run over each transport.
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { transportPolicy } from "../../../src/pipeline/transportPolicy.js";
import { createUndiciHttpClient } from "../../../src/undici/index.js";
import { makeCertificates } from "../../helpers/certificates.js";
import { connectionCases } from "./cases/connections.js";
import { contentCases } from "./cases/content.js";
import { endCases } from "./cases/ends.js";
import { headerCases } from "./cases/headers.js";
import { lossCases } from "./cases/losses.js";
import { requestCases } from "./cases/requests.js";
import { tlsCases } from "./cases/tls.js";
import type { CancellableRequest, Lab, RequestParts } from "./contract.js";

const certificates = makeCertificates();

describe.each([
  ["node:http", bounded(createDefaultHttpClient())],
  ["undici", bounded(createUndiciHttpClient())],
  // Without the client's limit on the body around it.
  ["undici alone", createUndiciHttpClient()],
] as const)("the transport %s", (name, client) => {
  const lab: Lab = {
    client,
    certificates,
    makeRequest,
    send: (parts) => client.sendRequest(makeRequest(parts).request),
    except: (reasons) => (title, run) => {
      const [reason, failure] = reasons[name] ?? [];
      if (!reason) return it(title, run);
      it(`doesn't pass (${reason}): ${title}`, () => expect(run()).rejects.toThrow(failure));
    },
  };
  requestCases(lab);
  headerCases(lab);
  contentCases(lab);
  connectionCases(lab);
  tlsCases(lab);
  lossCases(lab);
  endCases(lab);
});

/** Wraps a transport as the client of this package does. */
function bounded(client: HttpClient): HttpClient {
  const policy = transportPolicy(new URL("http://127.0.0.1"), {});
  return {
    sendRequest: (request) => policy.sendRequest(request, (sent) => client.sendRequest(sent)),
  };
}

function makeRequest({ headers = {}, settings, ...parts }: RequestParts): CancellableRequest {
  const controller = new AbortController();
  const request = createPipelineRequest({
    ...parts,
    headers: createHttpHeaders({ ...headers }),
    allowInsecureConnection: true,
    abortSignal: controller.signal,
  });
  Object.assign(request, settings);
  return { request, abort: () => controller.abort() };
}
