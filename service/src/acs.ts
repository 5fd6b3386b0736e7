import { AsyncLocalStorage } from "node:async_hooks";
import { readFile } from "node:fs/promises";
import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  isRestError,
  parseConnectionString,
} from "acs-identity";
import type { Limits } from "./limits.js";
import { timed } from "./metrics.js";
import type { Settings } from "./settings.js";

export const lostCreation = "ACS didn't answer a creation with a user. One may exist that nobody can find";

export class LostCreation extends Error {
  override readonly name = "LostCreation";

  constructor(cause: unknown) {
    super(lostCreation, { cause });
  }
}

export function createCredential(): TokenCredential {
  // Entra's own list of authorities has no emulator.
  return new DefaultAzureCredential({ disableInstanceDiscovery: Boolean(process.env.AZURE_AUTHORITY_HOST) });
}

export type Acs = ReturnType<typeof createAcs>;

/** @param credential - Used if the settings have no connection string. */
export function createAcs(settings: Settings, credential: TokenCredential, limits: Limits) {
  const { communicationConnectionString: text, communicationConnectionStringFile: file } = settings;
  const key = text === undefined ? undefined : parseConnectionString(text).credential;
  const creations = new AsyncLocalStorage<{ readonly entry: string; wasSent: boolean }>();

  const createClient = (options: CommunicationIdentityClientOptions) =>
    new CommunicationIdentityClient(settings.communicationEndpoint, key ?? credential, options);

  function createLimitedClient(options: CommunicationIdentityClientOptions): CommunicationIdentityClient {
    return createClient({
      ...options,
      additionalPolicies: [
        {
          // The policy runs after the credential, and is the last one before a request is sent.
          position: "perRetry",
          policy: {
            name: "permitPolicy",
            async sendRequest(request, next) {
              const creation = creations.getStore();
              await limits.takeForAcs(`${request.method} ${new URL(request.url).pathname}`, creation?.entry);
              if (creation) creation.wasSent = true;
              return timed("acs", () => next(request));
            },
          },
        },
      ],
    });
  }
  // A redirect of a creation may stand for a user.
  const creator = createLimitedClient({
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
  });

  // The limits need the database, on which a check of ACS must not depend.
  const inquirer = createClient({ retryOptions: { maxRetries: 0 } });

  return {
    /** The client for everything but creations, which retries what fails. */
    client: createLimitedClient({
      retryOptions: { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 3_000 },
    }),
    /**
     * Creates a user and returns the id. Isn't retried, so that the ledger has an entry for each user that ACS may have
     * created. Throws `LostCreation` if ACS may have created one whose id nobody knows, and another error if it has not.
     * @param entry - The id of the ledger's entry. It is the request's id, too, by which Microsoft's support can look up a
     * request even if its response was lost.
     */
    async createUser(entry: string, abortSignal: AbortSignal): Promise<string> {
      const creation = { entry, wasSent: false };
      const requestOptions = { customHeaders: { "x-ms-client-request-id": entry } };
      try {
        const created = await creations.run(creation, () =>
          creator.createUser({ abortSignal, requestOptions }),
        );
        if (acsUserId.test(created.communicationUserId)) return created.communicationUserId;
        throw new Error("ACS answered without a user's id");
      } catch (error) {
        throw creation.wasSent && !isRefusal(error) ? new LostCreation(error) : error;
      }
    },
    /**
     * Throws unless ACS accepts the service's credential. Asks for a token of a user that no resource has, which changes
     * nothing: ACS checks the credential first. An access key from a file is read again before.
     */
    async check(): Promise<void> {
      if (key && file) key.update(parseConnectionString(await readFile(file, "utf8")).credential.key);
      await inquirer.getToken({ communicationUserId: nobody }, [], checkOptions).catch((error: unknown) => {
        if (!isUserGone(error) && !(isRestError(error) && [400, 429].includes(error.statusCode ?? 0)))
          throw error;
      });
    },
  };
}

const checkOptions = { requestOptions: { timeout: 10_000 } };
const nobody = "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";

/** The form of a user's id: `8:acs:<resource>_<user>`, with other words than `acs` in sovereign clouds. */
const acsUserId = /^8:[\w-]+:[A-Za-z\d-]+_[\w-]+$/;

/** Node's codes for a connection that couldn't be opened, so that nothing was sent. */
const notConnected: readonly unknown[] = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];

/** Returns whether ACS has certainly created no user. Any other response may stand for one. */
function isRefusal(error: unknown): boolean {
  if (!isRestError(error)) return false;
  const { statusCode: status, code } = error;
  if (status === undefined) return notConnected.includes(code);
  return status >= 400 && status < 500 && status !== 408;
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
