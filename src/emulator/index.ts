export type { FakeIdentityService, FakeIdentityServiceOptions } from "../testing/index.js";
export type { DataFileProblem } from "./data/dataFileError.js";
export { DataFileError } from "./data/dataFileError.js";
export type { EmulatorOptions, LogEntry, LogLevel } from "./options.js";
export { type Emulator, startEmulator } from "./startEmulator.js";
