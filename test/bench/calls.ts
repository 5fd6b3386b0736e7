// The calls that the bench measures.
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { CommunicationIdentityClient } from "acs-identity";
import { headers, key, type OperationName, responses, user } from "./values.js";

export interface Scenario {
  readonly operation: OperationName | "construct";
  /** How many calls are measured. */
  readonly calls: number;
  /** How many calls are in flight at a time. Default: 1. */
  readonly inFlight?: number;
  /** How many clients take turns. Default: 1. */
  readonly clients?: number;
  /** The origin of the server. Without one, a stub responds, or the fake if `fake` is set. */
  readonly origin?: string;
  /** The authority of the server's certificate. */
  readonly ca?: string;
  readonly fake?: boolean;
}

/** What both packages have. */
type Client = Pick<
  CommunicationIdentityClient,
  "createUser" | "createUserAndToken" | "deleteUser" | "getToken"
>;

/** The modules of a package, loaded when they're needed. */
export interface Package {
  client(): Promise<{
    readonly CommunicationIdentityClient: new (connectionString: string, options: object) => Client;
  }>;
  /** Present if calls are sent over undici. */
  undici?(): Promise<{ createUndiciHttpClient(): HttpClient }>;
}

async function stubFor({ operation, inFlight = 1 }: Scenario): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  const [status, bodyAsText] = responses[operation === "construct" ? "getToken" : operation];
  return {
    async sendRequest(request) {
      // Responds a turn later if several calls are in flight, so that they really overlap.
      if (inFlight > 1) await new Promise((resolve) => setImmediate(resolve));
      return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText };
    },
  };
}

/** Returns the action to measure: a client call or the construction of a client. */
export async function actionOf(subject: Package, scenario: Scenario): Promise<() => unknown> {
  const { operation, origin, ca, clients: count = 1 } = scenario;
  let connectionString = `endpoint=${origin ?? "https://my-resource.communication.azure.com"}/;accesskey=${key}`;
  let httpClient: HttpClient | undefined;
  if (scenario.fake) {
    const { createFakeIdentityService } = await import("acs-identity/testing");
    ({ connectionString, httpClient } = createFakeIdentityService());
  } else if (subject.undici) httpClient = (await subject.undici()).createUndiciHttpClient();
  else if (!origin) httpClient = await stubFor(scenario);
  const options = {
    allowInsecureConnection: true,
    ...(httpClient && { httpClient }),
    ...(ca && { tlsOptions: { ca } }),
  };
  const { CommunicationIdentityClient } = await subject.client();
  const construct = () => new CommunicationIdentityClient(connectionString, options);
  if (operation === "construct") return construct;
  const clients = Array.from({ length: count }, construct);
  // The fake knows only users that it created.
  const known = scenario.fake ? await construct().createUser() : user;
  let turn = 0;
  return () => {
    const client = clients[turn++ % count] as Client;
    if (operation === "getToken") return client.getToken(known, ["voip"]);
    return operation === "deleteUser" ? client.deleteUser(user) : client.createUserAndToken(["voip"]);
  };
}
