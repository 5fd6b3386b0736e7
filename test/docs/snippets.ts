import { readFileSync } from "node:fs";

export interface Snippet {
  /** File and line of its first line. */
  readonly place: string;
  readonly code: string;
}

/** The TypeScript blocks of a Markdown file of the repository's root. */
export function readSnippets(file: string): Snippet[] {
  const lines = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").split("\n");
  const snippets: Snippet[] = [];
  let start: number | undefined;
  lines.forEach((line, index) => {
    if (start === undefined && line === "```ts") start = index + 1;
    else if (start !== undefined && line === "```") {
      snippets.push({ place: `${file}:${start + 1}`, code: lines.slice(start, index).join("\n") });
      start = undefined;
    }
  });
  return snippets;
}

/** Before a snippet, what a reader has from those above it: a client and a user, where it uses but does not make them. */
export function withPrelude(code: string): string {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const makes = (name: string) => new RegExp(`(?:const|let) (?:\\{[^}]*)?\\b${name}\\b`).test(code);
  const prelude: string[] = [];
  if (uses("client") && !makes("client")) {
    prelude.push(
      'import { CommunicationIdentityClient as SnippetClient } from "acs-identity";',
      'const client = new SnippetClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");',
    );
    if (uses("user") && !makes("user")) prelude.push("const user = await client.createUser();");
  }
  return [...prelude, code, "export {};", ""].join("\n");
}
