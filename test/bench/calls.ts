// The calls that the bench measures.
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { CommunicationIdentityClient } from "acs-identity";
import { accessToken, headers, key, user } from "./values.js";

export interface Scenario {
  /** How many calls are measured. */
  readonly calls: number;
  /** How many calls are in flight at a time. Default: 1. */
  readonly inFlight?: number;
  /** The origin of the server. Without one, a stub responds. */
  readonly origin?: string;
}

/** The modules of a package, loaded when they're needed. */
export interface Package {
  client(): Promise<{
    readonly CommunicationIdentityClient: new (
      connectionString: string,
      options: object,
    ) => Pick<CommunicationIdentityClient, "getToken">;
  }>;
  /** Present if calls are sent over undici. */
  undici?(): Promise<{ createUndiciHttpClient(): HttpClient }>;
}

export type SubjectName = "official" | "ours" | "ours over undici" | "node:http";

export const packages: Readonly<Record<Exclude<SubjectName, "node:http">, Package>> = {
  official: { client: () => import("@azure/communication-identity") },
  ours: { client: () => import("acs-identity") },
  "ours over undici": { client: () => import("acs-identity"), undici: () => import("acs-identity/undici") },
};

async function stub(): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  return {
    sendRequest: async (request) => ({
      request,
      status: 200,
      headers: createHttpHeaders({ ...headers }),
      bodyAsText: accessToken,
    }),
  };
}

/** Returns the call to measure. */
export async function prepareCall(subject: Package, { origin }: Scenario): Promise<() => Promise<unknown>> {
  const connectionString = `endpoint=${origin ?? "https://my-resource.communication.azure.com"}/;accesskey=${key}`;
  let httpClient: HttpClient | undefined;
  if (subject.undici) httpClient = (await subject.undici()).createUndiciHttpClient();
  else if (!origin) httpClient = await stub();
  const options = { allowInsecureConnection: true, ...(httpClient && { httpClient }) };
  const { CommunicationIdentityClient } = await subject.client();
  const client = new CommunicationIdentityClient(connectionString, options);
  return () => client.getToken(user, ["voip"]);
}
