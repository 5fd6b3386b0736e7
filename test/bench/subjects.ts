// The calls that are compared. Each subject is the package as its users import it, so that what is measured is dist.
import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { floorOverHttp, floorOverUndici } from "./floor.js";
import { answers, connectionString, user } from "./values.js";

export type SubjectName = "ours" | "official" | "ours over undici" | "floor on node:http" | "floor on undici";
export type OperationName = "getToken" | "createUserAndToken" | "deleteUser";

export interface Target {
  /** Scheme, host and port; absent for a stub. */
  readonly origin?: string;
  readonly ca?: string;
}

export interface IdentityClient {
  getToken(user: { communicationUserId: string }, scopes: string[]): Promise<unknown>;
  createUserAndToken(scopes: string[]): Promise<unknown>;
  deleteUser(user: { communicationUserId: string }): Promise<unknown>;
}

export type Call = () => Promise<unknown>;
export type ClientFactory = () => IdentityClient;

export function callOf(client: IdentityClient, operation: OperationName): Call {
  if (operation === "getToken") return () => client.getToken(user, ["voip"]);
  if (operation === "createUserAndToken") return () => client.createUserAndToken(["voip"]);
  return () => client.deleteUser(user);
}

export async function makeCall(
  subject: SubjectName,
  target: Target,
  operation: OperationName,
): Promise<Call> {
  if (subject === "floor on node:http") return floorOverHttp(target);
  if (subject === "floor on undici") return floorOverUndici(target);
  return callOf((await clientFactory(subject, target, operation))(), operation);
}

/** Clients of a subject: all of one process share what the library shares between them. */
export async function clientFactory(
  subject: SubjectName,
  target: Target,
  operation: OperationName,
  httpClient?: HttpClient,
): Promise<ClientFactory> {
  const transport = httpClient ?? (target.origin ? undefined : await stubTransport(operation));
  const options = {
    allowInsecureConnection: true,
    ...(transport && { httpClient: transport }),
    ...(target.ca && { tlsOptions: { ca: target.ca } }),
  };
  const text = connectionString(target.origin);
  if (subject === "official") {
    const { CommunicationIdentityClient } = await import("@azure/communication-identity");
    return () => new CommunicationIdentityClient(text, options) as IdentityClient;
  }
  const { CommunicationIdentityClient } = await import("acs-identity");
  if (subject === "ours") return () => new CommunicationIdentityClient(text, options);
  const { createUndiciHttpClient } = await import("acs-identity/undici");
  const overUndici = { ...options, httpClient: createUndiciHttpClient() };
  return () => new CommunicationIdentityClient(text, overUndici);
}

/** Answers at once. */
export async function stubTransport(
  operation: OperationName,
  wait: () => Promise<void> | undefined = () => undefined,
): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  const { status, headers, body } = answers[operation];
  const answer = (request: PipelineRequest): PipelineResponse => ({
    request,
    status,
    headers: createHttpHeaders({ ...headers }),
    bodyAsText: body,
  });
  return {
    sendRequest(request) {
      const waiting = wait();
      return waiting ? waiting.then(() => answer(request)) : Promise.resolve(answer(request));
    },
  };
}
