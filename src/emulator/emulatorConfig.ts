import type { EmulatorOptions } from "./options.js";

/**
 * What the file of `--config` can hold: the options of `startEmulator`, without functions. Flags and environment variables
 * take precedence. The build makes the JSON schema of this type.
 */
export interface EmulatorConfig extends Omit<EmulatorOptions, "onLog"> {
  /** The path of this schema, such as `./node_modules/acs-identity/dist/emulatorConfig.schema.json`. */
  readonly $schema?: string;
}
