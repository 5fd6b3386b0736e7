/**
 * An in-memory fake of the Azure Communication Services Identity service, for tests without a network.
 *
 * @example
 * ```ts
 * import { CommunicationIdentityClient } from "acs-identity";
 * import { createFakeIdentityService } from "acs-identity/testing";
 *
 * const service = createFakeIdentityService();
 * const client = new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient });
 * await client.createUser();
 * console.log(service.users);
 * ```
 * @module acs-identity/testing
 * @packageDocumentation
 */
export type { EntraAssignment, EntraPrincipalType } from "../generated/models.js";
export type { OperationName } from "../generated/routes.js";
export type { EntraOptions } from "./directory/directory.js";
export type { TeamsUserTokenOptions } from "./entra/tokens/teamsUserToken.js";
export type { TokenCredentialOptions } from "./entra/tokens/testCredential.js";
export type { FakeEntra } from "./fakeEntra.js";
export { createFakeIdentityService, type FakeIdentityService } from "./fakeIdentityService.js";
export type { Fault } from "./faults/faults.js";
export { type HandlerFactory, identityHandlers } from "./identityHandlers.js";
export type { LoggedRequest } from "./log/requestLog.js";
export type { TokenInspection, TokenProblem } from "./operations/inspectToken.js";
export type {
  FakeIdentityServiceOptions,
  SeededTeamsExtensionAssignment,
  Strictness,
} from "./service/settings.js";
export type { ServiceSnapshot } from "./service/snapshot.js";
export type { ClockState, Duration, FakeClock } from "./state/clock.js";
export type { EntraGroup, EntraTenant } from "./state/entries/groups.js";
export type { EntraApplication, EntraUser } from "./state/entries/principals.js";
export type { FakeUser, SeededUser } from "./state/entries/user.js";
export type { Complete } from "./validation/constraints.js";
