// What the pages say, as somebody pastes it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findSection } from "../helpers/documents.js";
import { root } from "../helpers/packed.js";

/** A server's file of docs/tokenEndpoint.md, and where the reader saves it. */
export interface ServerFile {
  readonly path: string;
  readonly code: string;
  /** The folder for `tokenRoute` and `tokenOptions`, and which of their editions it is: `.ts`, `.mjs` or `.cjs`. */
  readonly folder: string;
  readonly ending: string;
}

/** Returns what the section of a server tells the reader to save, beside the two files with this ending. */
export function serverFile(section: string, ending: string): ServerFile {
  const pattern =
    /Copy the two `(\.\w+)` files to `([^`]+)`, and save this as `([^`]+)`:\n\n```\w+\n(.*?)^```$/gms;
  const files = Array.from(
    findSection("docs/tokenEndpoint.md", section).matchAll(pattern),
    ([, found = "", folder = "", path = "", code = ""]) => ({ ending: found, folder, path, code }),
  );
  const file = files.find((each) => each.ending === ending);
  if (!file) throw new Error(`docs/tokenEndpoint.md has no file for ${section} beside ${ending} files`);
  return file;
}

/** The line that a test adds to `tokenOptions`: a session. */
export const aliceSession = '\nsessions.set("of-alice", "alice");\n';

/** Returns the code of the first code span of a section that has these words. */
export function codeOf(page: string, section: string, words: string): string {
  const spans = Array.from(findSection(page, section).matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code);
  const found = spans.find((code) => code.includes(words));
  if (!found) throw new Error(`${page} has no code with ${words} in ${section}`);
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
