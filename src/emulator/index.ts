/**
 * A local emulator of the Azure Communication Services Identity service: the fake of `acs-identity/testing` behind an
 * HTTP server, with an admin API and a page.
 *
 * @example
 * ```ts
 * import { CommunicationIdentityClient } from "acs-identity";
 * import { startEmulator } from "acs-identity/emulator";
 *
 * const emulator = await startEmulator();
 * const client = new CommunicationIdentityClient(emulator.connectionString);
 * await client.createUser();
 * await emulator.close();
 * ```
 * @module acs-identity/emulator
 * @packageDocumentation
 */
export type {
  ClockState,
  Complete,
  Duration,
  EntraApplication,
  EntraAssignment,
  EntraGroup,
  EntraOptions,
  EntraPrincipalType,
  EntraTenant,
  EntraUser,
  FakeClock,
  FakeEntra,
  FakeIdentityService,
  FakeIdentityServiceOptions,
  FakeUser,
  Fault,
  LoggedRequest,
  OperationName,
  SeededTeamsExtensionAssignment,
  SeededUser,
  ServiceSnapshot,
  Strictness,
  TeamsUserTokenOptions,
  TokenCredentialOptions,
  TokenInspection,
  TokenProblem,
} from "../testing/index.js";
export { DataFileError, type DataFileProblem } from "./data/dataFileError.js";
export type { EmulatorOptions, LogEntry, LogLevel } from "./options/options.js";
export { type Emulator, startEmulator } from "./startEmulator.js";
