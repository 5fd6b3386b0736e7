import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { respondToFetch } from "./adapters/fetchAdapter.js";
import { createFakeHttpClient } from "./adapters/httpClientAdapter.js";
import {
  createTeamsUserToken,
  createTokenCredential,
  type TeamsUserTokenOptions,
  type TokenCredentialOptions,
} from "./entra/tokens/testCredential.js";
import { type FakeEntra, fakeEntra } from "./fakeEntra.js";
import type { Fault } from "./faults/faults.js";
import type { LoggedRequest } from "./log/requestLog.js";
import { inspectToken, type TokenInspection } from "./operations/inspectToken.js";
import {
  accessKeysOf,
  createServiceCore,
  regenerateKey,
  resetCore,
  type ServiceCore,
} from "./service/serviceCore.js";
import type { FakeIdentityServiceOptions } from "./service/settings.js";
import { restoreSnapshot, type ServiceSnapshot, takeSnapshot } from "./service/snapshot.js";
import type { FakeClock } from "./state/clock.js";
import type { User } from "./state/serviceState.js";
import type { AccessKeyType } from "./wire/call.js";

/** A user of the fake service. */
export interface FakeUser {
  /** The raw id: `8:acs:…`. */
  readonly id: string;
  /** The id that the caller chose. Absent if there is none. */
  readonly customId?: string;
  /** By the service's clock. */
  readonly createdAt: Date;
  /** By the service's clock. Absent if the user never had a token. */
  readonly lastTokenIssuedAt?: Date;
}

/** An in-memory fake of the service. */
export interface FakeIdentityService {
  /** `endpoint=…;accesskey=…`, for a client's constructor. */
  readonly connectionString: string;
  /** The same with the secondary key. */
  readonly secondaryConnectionString: string;
  /** Ends with a slash. */
  readonly endpoint: string;
  /** The primary key that is valid now, in base64. */
  readonly accessKey: string;
  /** The secondary key that is valid now, in base64. */
  readonly secondaryAccessKey: string;
  /** Controls the service's time. */
  readonly clock: FakeClock;
  /** The users that exist now, oldest first. */
  readonly users: readonly FakeUser[];
  /** The latest requests, oldest first, with their secrets cut out. */
  readonly requests: readonly LoggedRequest[];
  /** For the `httpClient` option of any Azure client: sends its requests to this service without a network. */
  readonly httpClient: HttpClient;
  /** The service's Entra ID authority: who may sign in, and with what consent. */
  readonly entra: FakeEntra;
  /**
   * Responds to a request like the service, with the parameters of the global `fetch`, which it can replace. Rejects
   * with a TypeError if a fault drops the connection.
   */
  fetch(...parameters: Parameters<typeof fetch>): Promise<Response>;
  /** Creates a credential whose tokens this service accepts. */
  createTokenCredential(options?: TokenCredentialOptions): TokenCredential;
  /**
   * Creates an Entra token of a Teams user, for `getTokenForTeamsUser`.
   * Rejects with a TypeError if an option isn't valid.
   */
  createTeamsUserToken(options: TeamsUserTokenOptions): Promise<string>;
  /**
   * Says whether a token is valid now and, if not, why: for example because it expired, was revoked, or its
   * user was deleted. Rejects with a TypeError if the token isn't a string.
   */
  inspectToken(token: string): Promise<TokenInspection>;
  /**
   * Replaces an access key: the former one is invalid at once, and tokens that were issued with it are revoked. `accessKey`
   * and `connectionString`, or `secondaryAccessKey` and `secondaryConnectionString`, have the new one: with a data file, once
   * it is saved, before the next request is handled.
   * @throws TypeError if the type isn't valid.
   */
  regenerateKey(keyType: "primary" | "secondary"): void;
  /**
   * Makes the next request fail or delays it, or as many as `times` says, or all for `durationInSeconds`. Faults are queued:
   * two calls affect two requests.
   *
   * A client's retries hide up to three 429s, 5xx or lost connections in a row, so for a call to fail, set `times` to 4, or
   * the client's `retryOptions` to `{ maxRetries: 0 }`.
   * @throws TypeError if the fault isn't valid.
   */
  failNext(fault: Fault): void;
  /** Ends all faults. */
  clearFaults(): void;
  /** Returns the service's state and clock as JSON data. */
  snapshot(): ServiceSnapshot;
  /**
   * Restores the state and clock of a snapshot. Tokens that were issued since are invalid, and no later token gets the
   * number of one of them. Without a seed, no later user gets the id of one that was created since, either.
   * @throws TypeError if it isn't a snapshot of this resource.
   */
  restore(snapshot: ServiceSnapshot): void;
  /** Returns to the initial time and the users of the options, with no tokens, faults or logged requests. */
  reset(): void;
}

/**
 * Creates a fake service with its own users, tokens and clock.
 *
 * @example
 * ```ts
 * const service = createFakeIdentityService();
 * const client = new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient });
 * ```
 * @throws TypeError if an option isn't valid.
 */
export function createFakeIdentityService(options: FakeIdentityServiceOptions = {}): FakeIdentityService {
  return serviceOf(createServiceCore(options));
}

function userOf({ id, customId, createdAt, lastTokenIssuedAt }: User): FakeUser {
  return {
    id,
    ...(customId !== undefined && { customId }),
    createdAt: new Date(createdAt),
    ...(lastTokenIssuedAt !== undefined && { lastTokenIssuedAt: new Date(lastTokenIssuedAt) }),
  };
}

/** Wraps a core in its public API. */
export function serviceOf(core: ServiceCore): FakeIdentityService {
  const keyOf = (keyType: AccessKeyType) => accessKeysOf(core).current[keyType].text;
  const connectionStringOf = (keyType: AccessKeyType) =>
    `endpoint=${core.endpoint};accesskey=${keyOf(keyType)}`;
  return {
    get connectionString() {
      return connectionStringOf("primary");
    },
    get secondaryConnectionString() {
      return connectionStringOf("secondary");
    },
    get endpoint() {
      return core.endpoint;
    },
    get accessKey() {
      return keyOf("primary");
    },
    get secondaryAccessKey() {
      return keyOf("secondary");
    },
    clock: core.clock,
    get users() {
      return [...core.state.users()].map(userOf);
    },
    get requests() {
      return core.log.list();
    },
    httpClient: createFakeHttpClient(core),
    entra: fakeEntra(core),
    fetch: (...parameters) => respondToFetch(core, ...parameters),
    createTokenCredential: (credentialOptions = {}) => createTokenCredential(core, credentialOptions),
    createTeamsUserToken: (tokenOptions) => createTeamsUserToken(core, tokenOptions),
    inspectToken: (token) => inspectToken(token, core),
    regenerateKey: (keyType) => core.store.changeSoon((draft) => regenerateKey(core, draft, keyType)),
    failNext: (fault) => core.faults.add(fault),
    clearFaults: () => core.faults.clear(),
    snapshot: () => takeSnapshot(core),
    restore: (snapshot) => restoreSnapshot(core, snapshot),
    reset: () => core.store.changeSoon((draft) => resetCore(core, draft)),
  };
}
