// What the pages say, as somebody pastes it.
import { dirname, join } from "node:path";
import { readText } from "../helpers/documents.js";

/** A server's file of docs/tokenEndpoint.md, and where the reader saves it. */
export interface ServerFile {
  readonly path: string;
  readonly code: string;
}

const page = "docs/tokenEndpoint.md";

/** Returns the text below a heading of the second or third level. */
export function sectionOf(path: string, heading: string): string {
  const [, rest = ""] = readText(path).split(new RegExp(`^###? ${heading}$`, "m"));
  const [section = ""] = rest.split(/^###? /m);
  return section;
}

/** Returns what the section of a server tells the reader to save. */
export function serverFile(section: string): ServerFile {
  const [, path = "", code = ""] =
    /Save this as `([^`]+\.ts)`.*?```typescript\n(.*?)^```$/ms.exec(sectionOf(page, section)) ?? [];
  if (!path) throw new Error(`${page} has no file for ${section}`);
  return { path, code };
}

/** Returns the path at which a server's file imports `tokens.ts`. */
export function tokensPathOf({ path, code }: ServerFile): string {
  const [, place = ""] = /from "([.\w/]+\/)tokens/.exec(code) ?? [];
  return join(dirname(path), place, "tokens.ts");
}

/** The file `tokens.ts` that all of them import, with a session. */
export const tokensFile: string = blockOf(page, "ts", "personOf").replace(
  "new Map<string, string>();",
  'new Map([["of-alice", "alice"]]);',
);

/** Returns the code of the first code span of a section that has these words. */
export function codeOf(page: string, section: string, words: string): string {
  const spans = Array.from(sectionOf(page, section).matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code);
  const found = spans.find((code) => code.includes(words));
  if (!found) throw new Error(`${page} has no code with ${words} in ${section}`);
  return found;
}

/** Returns the first block of a page in this language that has these words. */
export function blockOf(page: string, language: string, words = ""): string {
  const text = readText(page);
  const blocks = Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms")));
  const [, block] = blocks.find(([all]) => all.includes(words)) ?? [];
  if (!block) throw new Error(`${page} has no block of ${language} with ${words}`);
  return block;
}
