import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getNodeValue, type Node, type ParseError, parseTree } from "jsonc-parser";
import { closestName } from "../../testing/validation/closestName.js";
import type { EmulatorOptions } from "./options.js";

/**
 * What the file of `--config` can hold: the options of `startEmulator`, without functions. Flags and environment variables
 * take precedence. The build makes the JSON schema of this type.
 */
export interface EmulatorConfig extends Omit<EmulatorOptions, "onLog"> {
  /** The path of this schema, such as `./node_modules/acs-identity/dist/emulatorConfig.schema.json`. */
  readonly $schema?: string;
  /** The names of environment variables that hold the connection string for a command, besides COMMUNICATION_CONNECTION_STRING. */
  readonly env?: readonly string[];
}

/** The parts of a JSON schema that say which members there are. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/**
 * Reads the text of a file of `--config`.
 * @throws TypeError with the line of a syntax error or an unknown member. It repeats no value.
 */
export function readConfig(file: string, text: string): EmulatorConfig {
  const errors: ParseError[] = [];
  const problem = (offset: number, what: string) =>
    new TypeError(`${file}:${text.slice(0, offset).split("\n").length}: ${what}`);
  const root = parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  if (root?.type !== "object" || first) throw problem(first?.offset ?? 0, "this isn't a JSON object");
  const manifest = createRequire(import.meta.url).resolve("acs-identity/package.json");
  const schemaFile = join(dirname(manifest), "dist/emulatorConfig.schema.json");
  checkAgainstSchema(root, JSON.parse(readFileSync(schemaFile, "utf8")), problem);
  const { $schema: _, ...config } = getNodeValue(root);
  return config;
}

function checkAgainstSchema(
  { type, children = [] }: Node,
  { properties, items = {} }: Schema,
  problem: (offset: number, what: string) => TypeError,
): void {
  if (type === "array") for (const element of children) checkAgainstSchema(element, items, problem);
  if (type !== "object" || !properties) return;
  const known = Object.keys(properties);
  for (const { offset, children: [name, value] = [] } of children) {
    const member = String(name?.value);
    if (!known.includes(member)) {
      // A name with other characters may be a secret in the wrong place.
      const shown = /^\w{1,40}$/.test(member) ? member : "one of the members";
      const closest = closestName(member, known);
      const hint = closest ? `. Did you mean ${closest}?` : `. The members are ${known.join(", ")}`;
      throw problem(offset, `${shown} isn't a member${hint}`);
    }
    if (value) checkAgainstSchema(value, properties[member] ?? {}, problem);
  }
}
