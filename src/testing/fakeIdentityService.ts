import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { answerFetch } from "./adapters/fetchAdapter.js";
import { createFakeHttpClient } from "./adapters/httpClientAdapter.js";
import type { FakeClock } from "./clock.js";
import { type FakeEntra, fakeEntra } from "./entra/fakeEntra.js";
import type { Fault } from "./faults.js";
import type { LoggedRequest } from "./requestLog.js";
import { createServiceCore, resetCore, type ServiceCore } from "./serviceCore.js";
import type { FakeIdentityServiceOptions } from "./settings.js";
import { restoreSnapshot, type ServiceSnapshot, takeSnapshot } from "./snapshot.js";
import type { User } from "./state/serviceState.js";
import {
  createTeamsUserToken,
  createTokenCredential,
  type TeamsUserTokenOptions,
  type TokenCredentialOptions,
} from "./tokens/entraTokens.js";
import { inspectToken, type TokenInspection } from "./tokens/inspectToken.js";

/** A user as the fake knows it. */
export interface FakeUser {
  /** The raw id: `8:acs:…`. */
  readonly communicationUserId: string;
  /** The id that the caller gave it, if any. */
  readonly customId?: string;
  /** By the service's clock. */
  readonly createdAt: Date;
  /** By the service's clock; absent when it never had a token. */
  readonly lastTokenIssuedAt?: Date;
}

/** A fake of the service, in memory. */
export interface FakeIdentityService {
  /** `endpoint=…;accesskey=…`, for the constructor of a client. */
  readonly connectionString: string;
  /** Ends with a slash. */
  readonly endpoint: string;
  /** Base64. */
  readonly accessKey: string;
  /** Moves the service's time. */
  readonly clock: FakeClock;
  /** The users that exist now, oldest first. */
  readonly users: readonly FakeUser[];
  /** The last requests, oldest first, with their secrets cut out. */
  readonly requests: readonly LoggedRequest[];
  /** For the option `httpClient` of any Azure client: its requests end here, without a network. */
  readonly httpClient: HttpClient;
  /** The Entra ID authority that stands beside the service: who may sign in, and with what consent. */
  readonly entra: FakeEntra;
  /** Answers a request as the service does. Rejects with a TypeError when a fault drops the connection. */
  fetch(request: Request): Promise<Response>;
  /** A credential whose tokens this service accepts. */
  createTokenCredential(options?: TokenCredentialOptions): TokenCredential;
  /** An Entra token of a Teams user, for `getTokenForTeamsUser`. Rejects with a TypeError when an option can't be used. */
  createTeamsUserToken(options: TeamsUserTokenOptions): Promise<string>;
  /**
   * Says whether a token is valid now, or why not: expired, revoked, its user deleted, another's.
   * Rejects with a TypeError when it isn't a string.
   */
  inspectToken(token: string): Promise<TokenInspection>;
  /**
   * Makes the next request fail, or be slow. Faults wait in line: two calls hit two requests.
   * @throws TypeError when the fault can't be used.
   */
  failNext(fault: Fault): void;
  /** All that the service knows, as JSON can hold it. It holds the key that signs tokens. */
  snapshot(): ServiceSnapshot;
  /**
   * Makes the service know what it knew at the snapshot.
   * @throws TypeError when it isn't a snapshot of this resource.
   */
  restore(snapshot: ServiceSnapshot): void;
  /** Back to the start: no users but those of the options, no tokens, no faults, no requests, the first time. */
  reset(): void;
}

/**
 * Creates a fake service with its own users, tokens, clock and key.
 *
 * @example
 * ```ts
 * const service = createFakeIdentityService();
 * const client = new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient });
 * ```
 * @throws TypeError when an option can't be used.
 */
export function createFakeIdentityService(options: FakeIdentityServiceOptions = {}): FakeIdentityService {
  return serviceOf(createServiceCore(options));
}

function userOf({ id, customId, createdAt, lastTokenIssuedAt }: User): FakeUser {
  return {
    communicationUserId: id,
    ...(customId !== undefined && { customId }),
    createdAt: new Date(createdAt),
    ...(lastTokenIssuedAt !== undefined && { lastTokenIssuedAt: new Date(lastTokenIssuedAt) }),
  };
}

/** The public face of a core. */
export function serviceOf(core: ServiceCore): FakeIdentityService {
  const { accessKeyText } = core.settings;
  return {
    get connectionString() {
      return `endpoint=${core.endpoint};accesskey=${accessKeyText}`;
    },
    get endpoint() {
      return core.endpoint;
    },
    accessKey: accessKeyText,
    clock: core.clock,
    get users() {
      return [...core.state.users()].map(userOf);
    },
    get requests() {
      return core.log.list();
    },
    httpClient: createFakeHttpClient(core),
    entra: fakeEntra(core),
    fetch: (request) => answerFetch(core, request),
    createTokenCredential: (credentialOptions = {}) => createTokenCredential(core, credentialOptions),
    createTeamsUserToken: (tokenOptions) => createTeamsUserToken(core, tokenOptions),
    inspectToken: (token) => inspectToken(token, core.issuer, core.state, core.clock.time),
    failNext: (fault) => core.faults.add(fault),
    snapshot: () => takeSnapshot(core),
    restore: (snapshot) => restoreSnapshot(core, snapshot),
    reset: () => resetCore(core),
  };
}
