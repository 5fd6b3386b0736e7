/**
 * An in-memory fake of the Azure Communication Services Identity service, for tests without a network.
 *
 * @module acs-identity/testing
 * @packageDocumentation
 */
export type { EntraAssignment, EntraPrincipalType } from "../generated/models.js";
export type { OperationName } from "../generated/routes.js";
export { type HandlerFactory, identityHandlers } from "./adapters/identityHandlers.js";
export type { ClockState, Duration, FakeClock } from "./clock.js";
export type { EntraOptions } from "./entra/directory.js";
export type { FakeEntra } from "./entra/fakeEntra.js";
export type { EntraGroup, EntraTenant } from "./entra/groups.js";
export type { EntraApplication, EntraUser } from "./entra/principals.js";
export { createFakeIdentityService, type FakeIdentityService, type FakeUser } from "./fakeIdentityService.js";
export type { Fault } from "./faults.js";
export type { Complete } from "./kinds.js";
export type { LoggedRequest } from "./requestLog.js";
export type {
  FakeIdentityServiceOptions,
  SeededTeamsExtensionAssignment,
  SeededUser,
  Strictness,
} from "./settings.js";
export type { ServiceSnapshot } from "./snapshot.js";
export type { TeamsUserTokenOptions, TokenCredentialOptions } from "./tokens/entraTokens.js";
export type { TokenInspection, TokenProblem } from "./tokens/inspectToken.js";
