import { DefaultAzureCredential } from "@azure/identity";
import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  isRestError,
} from "acs-identity";
import type { AcsOperation, Limits } from "./limits.js";
import type { AcsSettings } from "./settings.js";

type PolicyEntry = NonNullable<CommunicationIdentityClientOptions["additionalPolicies"]>[number];

/** Clients that take a permit before each request to ACS, including retries. */
export interface AcsClients {
  readonly client: CommunicationIdentityClient;
  /**
   * For `createUser`. It doesn't retry, so that the ledger knows the outcome of each creation. With custom ids it
   * uses the preview version, the only one that has them.
   */
  readonly creator: CommunicationIdentityClient;
}

export function createAcsClients(settings: AcsSettings, limits: Limits): AcsClients {
  const options: CommunicationIdentityClientOptions = {
    additionalPolicies: [permitPolicy(limits)],
    retryOptions: { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 3_000 },
  };
  const credential = settings.connectionString === undefined ? new DefaultAzureCredential() : undefined;
  const create = (clientOptions: CommunicationIdentityClientOptions) =>
    credential
      ? new CommunicationIdentityClient(settings.endpoint, credential, clientOptions)
      : new CommunicationIdentityClient(settings.connectionString ?? "", clientOptions);
  return {
    client: create(options),
    creator: create({
      ...options,
      retryOptions: { maxRetries: 0 },
      ...(settings.usesCustomIds ? { apiVersion: "2025-03-02-preview" } : {}),
    }),
  };
}

function permitPolicy(limits: Limits): PolicyEntry {
  return {
    position: "perRetry",
    policy: {
      name: "permitPolicy",
      async sendRequest(request, next) {
        await limits.takeForAcs(operationOf(request.method, new URL(request.url).pathname));
        return next(request);
      },
    },
  };
}

function operationOf(method: string, path: string): AcsOperation {
  if (path.endsWith("/:issueAccessToken")) return "getToken";
  if (path.endsWith("/:revokeAccessTokens")) return "revokeTokens";
  if (path.endsWith("/:exchangeAccessToken")) return "getTokenForTeamsUser";
  return method === "DELETE" ? "deleteUser" : "createUser";
}

/** Returns whether ACS says that the user doesn't exist. Every other 401 is the credential's fault. */
export function isUserGone(error: unknown): boolean {
  return isRestError(error) && error.statusCode === 401 && error.code === "IdentityNotOwned";
}

const credentialErrors: readonly string[] = [
  "AggregateAuthenticationError",
  "AuthenticationError",
  "AuthenticationRequiredError",
  "CredentialUnavailableError",
];

/** Returns whether `@azure/identity` couldn't get an Entra token for this service. Then nothing was sent to ACS. */
export function isCredentialFault(error: unknown): boolean {
  return error instanceof Error && credentialErrors.includes(error.name);
}
