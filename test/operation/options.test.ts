// The client refuses no option that the official client or Azure Core accepts.
import type * as official from "@azure/communication-identity";
import type { CommonClientOptions, OperationOptions, ServiceClientOptions } from "@azure/core-client";
import type { InternalPipelineOptions, PipelineOptions } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { CommunicationIdentityClient, type CommunicationIdentityClientOptions } from "../../src/index.js";
import { stubTransport } from "../helpers/stubTransport.js";
import { connectionString, teams, tokenBody, user, userAndTokenBody } from "../helpers/values.js";

/** The names of the members of each type in a union. */
type NamesIn<Union> = Union extends unknown ? keyof Union : never;

// The compiler checks that these have every name.
const optionsOfClients: Record<
  NamesIn<
    | official.CommunicationIdentityClientOptions
    | CommonClientOptions
    | ServiceClientOptions
    | PipelineOptions
    | InternalPipelineOptions
  >,
  unknown
> = {
  additionalPolicies: undefined,
  agent: undefined,
  allowInsecureConnection: undefined,
  baseUri: undefined,
  credential: undefined,
  credentialScopes: undefined,
  endpoint: undefined,
  httpClient: stubTransport({ status: 204 }),
  loggingOptions: undefined,
  pipeline: undefined,
  proxyOptions: undefined,
  redirectOptions: undefined,
  requestContentType: undefined,
  retryOptions: undefined,
  telemetryOptions: undefined,
  tlsOptions: undefined,
  userAgentOptions: undefined,
};
const optionsOfMethods: Record<
  NamesIn<
    | OperationOptions
    | official.CreateUserAndTokenOptions
    | official.GetTokenOptions
    | official.GetTokenForTeamsUserOptions
  >,
  unknown
> = {
  abortSignal: undefined,
  onResponse: undefined,
  requestOptions: undefined,
  serializerOptions: undefined,
  tokenExpiresInMinutes: undefined,
  tracingOptions: undefined,
  ...teams,
};

function clientWith(options: object): CommunicationIdentityClient {
  const httpClient = stubTransport({ status: 200, body: { ...userAndTokenBody, ...tokenBody } });
  return new CommunicationIdentityClient(connectionString, {
    httpClient,
    ...options,
  } as CommunicationIdentityClientOptions);
}

type Loose = Record<keyof CommunicationIdentityClient, (...args: readonly unknown[]) => Promise<unknown>>;

const calls: readonly ((client: Loose, options: object) => Promise<unknown>)[] = [
  (client, options) => client.createUser(options),
  (client, options) => client.createUserAndToken(["voip"], options),
  (client, options) => client.getToken(user, ["voip"], options),
  (client, options) => client.revokeTokens(user, options),
  (client, options) => client.deleteUser(user, options),
  (client, options) => client.getTokenForTeamsUser({ ...teams, ...options }),
];

describe("an option that the official client or Azure Core accepts", () => {
  it.each(Object.entries(optionsOfClients))("is accepted by the client: %s", (name, value) => {
    expect(() => clientWith({ [name]: value })).not.toThrow();
  });

  it.each(Object.entries(optionsOfMethods))("is accepted by each method: %s", async (name, value) => {
    for (const call of calls) await call(clientWith({}) as unknown as Loose, { [name]: value });
  });
});

describe("an unknown option", () => {
  it.each([
    "client",
    "userId",
    "signal",
    "timeout",
    "scopes",
    "requestOption",
    "constructor",
    "sessionExpiry",
    "minutes",
  ])("%s is ignored", async (name) => {
    clientWith({ [name]: 1 });
    for (const call of calls) await call(clientWith({}) as unknown as Loose, { [name]: 1 });
  });
});
