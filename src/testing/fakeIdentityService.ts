import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { FakeClock } from "./clock.js";
import { fetchDoor } from "./doors/fetchDoor.js";
import { httpClientDoor } from "./doors/httpClientDoor.js";
import { createServiceCore, type ServiceCore } from "./serviceCore.js";
import type { FakeIdentityServiceOptions } from "./settings.js";
import {
  createTeamsUserToken,
  createTokenCredential,
  type TeamsUserTokenOptions,
  type TokenCredentialOptions,
} from "./tokens/entraTokens.js";
import { inspectToken, type TokenInspection } from "./tokens/inspectToken.js";

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
  /** For the option `httpClient` of any Azure client: its requests end here, without a network. */
  readonly httpClient: HttpClient;
  /** Answers a request as the service does. Rejects with a TypeError when a fault drops the connection. */
  fetch(request: Request): Promise<Response>;
  /** A credential whose tokens this service accepts. */
  createTokenCredential(options?: TokenCredentialOptions): TokenCredential;
  /** An Entra token of a Teams user, for `getTokenForTeamsUser`. */
  createTeamsUserToken(options: TeamsUserTokenOptions): string;
  /** Says whether a token is valid now, or why not: expired, revoked, its user deleted, another's. */
  inspectToken(token: string): Promise<TokenInspection>;
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

/** The public face of a core. */
export function serviceOf(core: ServiceCore): FakeIdentityService {
  const { endpoint, accessKeyText } = core.settings;
  return {
    connectionString: `endpoint=${endpoint};accesskey=${accessKeyText}`,
    endpoint,
    accessKey: accessKeyText,
    clock: core.clock,
    httpClient: httpClientDoor(core),
    fetch: (request) => fetchDoor(core, request),
    createTokenCredential: (credentialOptions = {}) => createTokenCredential(credentialOptions),
    createTeamsUserToken: (tokenOptions) => createTeamsUserToken(tokenOptions, core.clock.time),
    inspectToken: (token) => inspectToken(token, core.issuer, core.state, core.clock.time),
  };
}
