// What the pages say, as somebody pastes it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { root } from "../helpers/packed.js";

const endpointPage = readFileSync(join(root, "docs/tokenEndpoint.md"), "utf8");

/** Returns the lines of the row of docs/tokenEndpoint.md that starts with these words. */
export function linesOf(row: string): string {
  const cell = fromPage(new RegExp(`^\\| ${row}[^|]*\\| (.*) \\|$`, "m"));
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, line]) => line).join("\n");
}

/** Returns what the first group of a pattern finds in docs/tokenEndpoint.md. */
export function fromPage(pattern: RegExp): string {
  const [, found] = pattern.exec(endpointPage) ?? [];
  if (!found) throw new Error(`docs/tokenEndpoint.md has no ${pattern}`);
  return found;
}

/** Returns the first block of a page in this language that has these words. */
export function blockOf(page: string, language: string, words = ""): string {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms")));
  const [, block] = blocks.find(([all]) => all.includes(words)) ?? [];
  if (!block) throw new Error(`${page} has no block of ${language} with ${words}`);
  return block;
}

/** Does what docs/tokenEndpoint.md asks of JavaScript: without the types. */
export function withoutTypes(code: string): string {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  return transformSync(code, { loader: "ts", tsconfigRaw, target: "es2022" }).code;
}

export function asCommonJs(code: string): string {
  return code.replace(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
}
