import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { respondToFetch } from "./adapters/fetchAdapter.js";
import { createFakeHttpClient } from "./adapters/httpClientAdapter.js";
import { createTeamsUserToken, type TeamsUserTokenOptions } from "./entra/tokens/teamsUserToken.js";
import { createTokenCredential, type TokenCredentialOptions } from "./entra/tokens/testCredential.js";
import { type FakeEntra, fakeEntra } from "./fakeEntra.js";
import type { Fault } from "./faults/faults.js";
import type { LoggedRequest } from "./log/requestLog.js";
import { inspectToken, type TokenInspection } from "./operations/inspectToken.js";
import { fakeRouting } from "./routing.js";
import { accessKeys, regenerateKey } from "./service/accessKeys.js";
import { createFake, type Fake, resetFake } from "./service/fake.js";
import type { FakeIdentityServiceOptions } from "./service/settings.js";
import { restoreSnapshot, type ServiceSnapshot, takeSnapshot } from "./service/snapshot.js";
import type { FakeClock } from "./state/clock.js";
import { type FakeUser, toFakeUser } from "./state/entries/user.js";
import type { AccessKeyType } from "./wire/admission.js";
import { dispatch } from "./wire/dispatch.js";
import type { Respond } from "./wire/wire.js";

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
   * Responds to a request like the service, with the parameters of the global `fetch`, which it can replace.
   *
   * @param parameters - A URL or `Request`, and optionally an object with `method`, `headers`, `body` and `signal`.
   * @throws TypeError if a fault drops the connection, and the signal's reason if it aborts.
   * @example
   * ```ts
   * const { status } = await service.fetch(`${service.endpoint}identities?api-version=2025-06-30`, { method: "POST" });
   * ```
   */
  fetch(...parameters: Parameters<typeof fetch>): Promise<Response>;
  /**
   * Creates an Entra ID credential whose tokens this service accepts.
   *
   * @param options - Whose tokens they are: by default, the well-known application's. `expiresInMinutes` is 60 by default.
   * @throws TypeError if an option isn't valid.
   * @example
   * ```ts
   * const { httpClient } = service;
   * const client = new CommunicationIdentityClient(service.endpoint, service.createTokenCredential(), { httpClient });
   * ```
   */
  createTokenCredential(options?: TokenCredentialOptions): TokenCredential;
  /**
   * Creates an Entra token of a Teams user, for `getTokenForTeamsUser`.
   *
   * @param options - The `clientId` and `userObjectId`, which are GUIDs; `expiresInMinutes` is 64 by default.
   * @throws TypeError if an option isn't valid.
   * @example
   * ```ts
   * const teamsUserAadToken = await service.createTeamsUserToken({ clientId, userObjectId });
   * const { token } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
   * ```
   */
  createTeamsUserToken(options: TeamsUserTokenOptions): Promise<string>;
  /**
   * Says whether a token is valid now and, if not, why: for example because it expired, was revoked, or its
   * user was deleted.
   *
   * @param token - A token that this service, or anybody else, has issued.
   * @throws TypeError if the token isn't a string.
   * @example
   * ```ts
   * const { valid, scopes } = await service.inspectToken(token);
   * ```
   */
  inspectToken(token: string): Promise<TokenInspection>;
  /**
   * Replaces an access key: the former one is invalid at once, and tokens that were issued with it are revoked. `accessKey`
   * and `connectionString`, or `secondaryAccessKey` and `secondaryConnectionString`, have the new one: with a data file, once
   * it is saved, before the next request is handled.
   *
   * @param keyType - `primary` or `secondary`.
   * @throws TypeError if the type isn't valid.
   * @example
   * ```ts
   * service.regenerateKey("primary");
   * const client = new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient });
   * ```
   */
  regenerateKey(keyType: "primary" | "secondary"): void;
  /**
   * Makes the next request fail or delays it, or as many as `times` says, or all for `durationInSeconds`. Faults are queued:
   * two calls affect two requests.
   *
   * A client's retries hide up to three 429s, 5xx or lost connections in a row, so for a call to fail, set `times` to 4, or
   * the client's `retryOptions` to `{ maxRetries: 0 }`.
   *
   * @param fault - What goes wrong, and which requests it affects.
   * @throws TypeError if the fault isn't valid.
   * @example
   * ```ts
   * service.failNext({ operation: "getToken", status: 429, times: 4 });
   * ```
   */
  failNext(fault: Fault): void;
  /**
   * Ends all faults.
   *
   * @example
   * ```ts
   * service.failNext({ status: 503, times: "unlimited" });
   * service.clearFaults();
   * ```
   */
  clearFaults(): void;
  /**
   * Returns the service's state and clock as JSON data.
   *
   * @example
   * ```ts
   * const before = service.snapshot();
   * await client.createUser();
   * service.restore(before);
   * ```
   */
  snapshot(): ServiceSnapshot;
  /**
   * Restores the state and clock of a snapshot. Tokens that were issued since are invalid, and no later token gets the
   * number of one of them. Without a seed, no later user gets the id of one that was created since, either.
   *
   * @param snapshot - What `snapshot` has returned, also after a trip through JSON or to a service with the same `resourceId`.
   * @throws TypeError if it isn't a snapshot of this resource.
   * @example
   * ```ts
   * const copy = createFakeIdentityService();
   * copy.restore(service.snapshot());
   * ```
   */
  restore(snapshot: ServiceSnapshot): void;
  /**
   * Returns to the initial time and the users of the options, with no tokens, faults or logged requests.
   *
   * @example
   * ```ts
   * import { afterEach } from "node:test";
   *
   * afterEach(() => service.reset());
   * ```
   */
  reset(): void;
}

/**
 * Creates a fake service with its own users, tokens and clock.
 *
 * @param options - What it has from the start and how strict it is. By default, it has no ACS users, and well-known keys.
 * @example
 * ```ts
 * const service = createFakeIdentityService();
 * const client = new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient });
 * ```
 * @throws TypeError if an option isn't valid.
 */
export function createFakeIdentityService(options: FakeIdentityServiceOptions = {}): FakeIdentityService {
  return toFakeIdentityService(createFake(options));
}

/** Wraps a fake in its public API. */
export function toFakeIdentityService(fake: Fake): FakeIdentityService {
  const accessKeyText = (keyType: AccessKeyType) => accessKeys(fake).current[keyType].text;
  const respond: Respond = (request, givenUp) => dispatch(fakeRouting, { fake }, request, givenUp);
  const connectionStringWith = (keyType: AccessKeyType) =>
    `endpoint=${fake.endpoint};accesskey=${accessKeyText(keyType)}`;
  return {
    get connectionString() {
      return connectionStringWith("primary");
    },
    get secondaryConnectionString() {
      return connectionStringWith("secondary");
    },
    get endpoint() {
      return fake.endpoint;
    },
    get accessKey() {
      return accessKeyText("primary");
    },
    get secondaryAccessKey() {
      return accessKeyText("secondary");
    },
    clock: fake.clock,
    get users() {
      return [...fake.state.users()].map(toFakeUser);
    },
    get requests() {
      return fake.requestLog.list();
    },
    httpClient: createFakeHttpClient(respond),
    entra: fakeEntra(fake),
    fetch: (...parameters) => respondToFetch(respond, ...parameters),
    createTokenCredential: (credentialOptions = {}) => createTokenCredential(fake, credentialOptions),
    createTeamsUserToken: (tokenOptions) => createTeamsUserToken(fake, tokenOptions),
    inspectToken: (token) => inspectToken(token, fake),
    regenerateKey: (keyType) => fake.store.changeSoon((draft) => regenerateKey(fake, draft, keyType)),
    failNext: (fault) => fake.faults.add(fault),
    clearFaults: () => fake.faults.clear(),
    snapshot: () => takeSnapshot(fake),
    restore: (snapshot) => restoreSnapshot(fake, snapshot),
    reset: () => fake.store.changeSoon((draft) => resetFake(fake, draft)),
  };
}
