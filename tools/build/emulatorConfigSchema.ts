import { createGenerator } from "ts-json-schema-generator";

/** Returns the JSON schema of the emulator's `--config`, made from the types of the options and their comments. */
export function emulatorConfigSchema(): string {
  const generator = createGenerator({
    path: "src/emulator/options/emulatorConfig.ts",
    tsconfig: "tsconfig.json",
    expose: "none",
    topRef: false,
    // The compiler checks the types elsewhere.
    skipTypeCheck: true,
  });
  return `${JSON.stringify(generator.createSchema("EmulatorConfig"), undefined, 2)}\n`;
}
