export { type Emulator, type EmulatorOptions, startEmulator } from "./startEmulator.js";
