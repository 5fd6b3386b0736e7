// The contract of every transport under the client, as cases against servers on raw sockets. `contract.test.ts` runs
// all cases over each transport.
import type { HttpClient, HttpMethods, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Certificates } from "../helpers/certificates.js";
import { connectionCases } from "./cases/connections.js";
import { contentCases } from "./cases/content.js";
import { endCases } from "./cases/ends.js";
import { headerCases } from "./cases/headers.js";
import { lossCases } from "./cases/losses.js";
import { requestCases } from "./cases/requests.js";
import { tlsCases } from "./cases/tls.js";

export type SubjectName = "node:http" | "undici" | "undici alone";

export interface Subject {
  readonly name: SubjectName;
  /** Has the client's limit on the body around it, except for `undici alone`. */
  readonly client: HttpClient;
  makeRequest(parts: RequestParts): CancellableRequest;
}

export interface RequestParts {
  readonly url: string;
  readonly method?: HttpMethods;
  readonly body?: PipelineRequest["body"];
  readonly headers?: Readonly<Record<string, string>>;
  /** Other members of the request. */
  readonly settings?: Partial<PipelineRequest>;
}

export interface CancellableRequest {
  readonly request: PipelineRequest;
  abort(): void;
}

export interface Lab {
  readonly subject: Subject;
  readonly certificates: Certificates;
  send(parts: RequestParts): Promise<PipelineResponse>;
}

export interface Case {
  readonly name: string;
  run(lab: Lab): Promise<void>;
  /** Transports that are expected to fail the case, each with the reason. */
  readonly except?: Partial<Record<SubjectName, string>>;
}

export const cases: readonly Case[] = [
  ...requestCases,
  ...headerCases,
  ...contentCases,
  ...connectionCases,
  ...tlsCases,
  ...lossCases,
  ...endCases,
];

export function labFor(subject: Subject, certificates: Certificates): Lab {
  return {
    subject,
    certificates,
    send: (parts) => subject.client.sendRequest(subject.makeRequest(parts).request),
  };
}
