/**
 * A local emulator of the Azure Communication Services Identity service: the fake of `acs-identity/testing` behind an
 * HTTP server, with an admin API and a page.
 *
 * @module acs-identity/emulator
 * @packageDocumentation
 */
export type {
  AssignmentDeleted,
  AssignmentSet,
  ClockState,
  Duration,
  EntraApplication,
  EntraApplicationSet,
  EntraAssignment,
  EntraAssignmentsChanged,
  EntraGroup,
  EntraGroupSet,
  EntraOptions,
  EntraPrincipalDeleted,
  EntraPrincipalType,
  EntraTenant,
  EntraTenantSet,
  EntraUser,
  EntraUserSet,
  FakeClock,
  FakeEntra,
  FakeIdentityService,
  FakeIdentityServiceOptions,
  FakeUser,
  Fault,
  LoggedRequest,
  OperationName,
  SeededUser,
  ServiceSnapshot,
  StateEvent,
  StateReset,
  Strictness,
  TeamsUserTokenOptions,
  TokenCredentialOptions,
  TokenInspection,
  TokenIssued,
  TokenProblem,
  TokensRevoked,
  UserCreated,
  UserDeleted,
} from "../testing/index.js";
export { DataFileError, type DataFileProblem } from "./data/dataFileError.js";
export type { EmulatorOptions, LogEntry, LogLevel } from "./options.js";
export { type Emulator, startEmulator } from "./startEmulator.js";
