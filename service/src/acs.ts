import { readFile } from "node:fs/promises";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  isRestError,
  parseConnectionString,
} from "acs-identity";
import type { AcsOperation, Limits } from "./limits.js";
import type { AcsSettings } from "./settings.js";

const acsScope = "https://communication.azure.com//.default";

export interface AcsClients {
  /** Returns a client that takes a permit for `operation` before each request to ACS, including retries. */
  for(operation: AcsOperation): CommunicationIdentityClient;
  /** The ids of the creations that were sent to ACS. Whoever starts one removes its id. */
  readonly sentCreations: Set<string>;
  /**
   * Throws if this service can't get a token of its own for ACS. With an access key, it needs none, and reads the key again if
   * it comes from a file.
   */
  checkCredential(): Promise<void>;
}

export function createCredential(): TokenCredential {
  // Entra's own list of authorities has no emulator.
  return new DefaultAzureCredential({ disableInstanceDiscovery: Boolean(process.env.AZURE_AUTHORITY_HOST) });
}

/** @param credential - Used if the settings have no connection string. */
export function createAcsClients(
  settings: AcsSettings,
  credential: TokenCredential,
  limits: Pick<Limits, "takeForAcs">,
): AcsClients {
  const { connectionString, connectionStringFile } = settings;
  const key = connectionString === undefined ? undefined : parseConnectionString(connectionString).credential;
  const clients = new Map<AcsOperation, CommunicationIdentityClient>();
  const sentCreations = new Set<string>();

  function create(operation: AcsOperation): CommunicationIdentityClient {
    const isCreation = operation === "createUser";
    const options: CommunicationIdentityClientOptions = {
      additionalPolicies: [
        {
          // Last before a request is sent, after the credential.
          position: "perRetry",
          policy: {
            name: "permitPolicy",
            async sendRequest(request, next) {
              await limits.takeForAcs(operation);
              if (isCreation) sentCreations.add(request.headers.get("x-ms-client-request-id") ?? "");
              return next(request);
            },
          },
        },
      ],
      // A redirect of a creation may stand for a user.
      redirectOptions: isCreation ? { maxRetries: 0 } : {},
      // A creation isn't retried, so that the ledger has an entry for each user that ACS may have created.
      retryOptions: isCreation
        ? { maxRetries: 0 }
        : { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 3_000 },
    };
    return new CommunicationIdentityClient(settings.endpoint, key ?? credential, options);
  }

  return {
    for(operation) {
      const client = clients.get(operation) ?? create(operation);
      clients.set(operation, client);
      return client;
    },
    sentCreations,
    async checkCredential() {
      // The credential keeps its token until shortly before it expires.
      if (!key) await credential.getToken(acsScope);
      else if (connectionStringFile !== undefined) {
        const text = await readFile(connectionStringFile, "utf8");
        key.update(parseConnectionString(text).credential.key);
      }
    },
  };
}

/** Returns whether ACS says that the user doesn't exist. Every other 401 is the credential's fault. */
export function isUserGone(error: unknown): boolean {
  return isRestError(error) && error.statusCode === 401 && error.code === "IdentityNotOwned";
}

/** Returns whether `@azure/identity` couldn't get an Entra token for this service. */
export function isCredentialFault(error: unknown): error is Error {
  const names = /^(?:(?:Aggregate)?Authentication|AuthenticationRequired|CredentialUnavailable)Error$/;
  return error instanceof Error && names.test(error.name);
}

/**
 * Returns whether Entra refused the service, or the service has no credential at all. `@azure/identity` 4.13 gives an
 * outage the same class and status, and drops the cause, so that only the message tells them apart.
 */
export function isCredentialRefused({ message }: Error): boolean {
  const isOutage = /network_error|endpoints_resolution_error|server_error|temporarily_unavailable/.test(
    message,
  );
  return !isOutage && /AADSTS\d|invalid_|unauthorized_client|access_denied|is unavailable\. No/.test(message);
}
