import type { Service } from "./service.js";
import { camelCase, fits, key, list, quote } from "./source.js";
import { VersionSets } from "./versionSets.js";

/** Writes enumVersions.ts: the values of each enum with the versions that have them. */
export function writeEnumVersions(service: Service): string {
  const sets = new VersionSets(service.versions);
  const constants = [...service.enumValues].map(([{ name }, values]) => {
    const entries = [...values].map(([value, versions]) => `${key(value)}: ${sets.name(versions)}`);
    const names = [...values.keys()].map(quote).join(" | ");
    const start = `export const ${camelCase(name)}Versions`;
    const line = `${start}: Readonly<Record<${names}, readonly ServiceVersion[]>> = {`;
    const broken = `${start}: Readonly<\n  Record<${names}, readonly ServiceVersion[]>\n> = {`;
    return `/** The values of \`${name}\`, each with the versions that have it. */\n${list(fits(line) ? line : broken, entries, "};")}`;
  });
  return `${[sets.importLine(), ...sets.declarations(), ...constants].join("\n\n")}\n`;
}
