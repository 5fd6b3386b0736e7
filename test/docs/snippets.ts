export interface Snippet {
  /** The file and line number of its first line. */
  readonly place: string;
  readonly code: string;
  /** False for "```ts no-run": compiled but not run. The text around the snippet says why. */
  readonly runs: boolean;
}

/** Returns the TypeScript blocks of a Markdown text. */
export function readSnippets(file: string, text: string): Snippet[] {
  const lines = text.split("\n");
  const snippets: Snippet[] = [];
  let start: number | undefined;
  let runs = true;
  lines.forEach((line, index) => {
    if (start === undefined && /^```ts( no-run)?$/.test(line)) {
      start = index + 1;
      runs = line === "```ts";
    } else if (start !== undefined && line === "```") {
      const code = lines.slice(start, index).join("\n");
      snippets.push({ place: `${file}:${start + 1}`, code, runs });
      start = undefined;
    }
  });
  return snippets;
}

const client = [
  'import { CommunicationIdentityClient as SnippetClient } from "acs-identity";',
  'const client = new SnippetClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");',
];
const user = "const user = await client.createUser();";

/** What a page of an app has: `fetch` to the app's own server, which issues a token of the emulator. */
const tokenEndpoint = [
  "globalThis.fetch = async (path, { method } = {}) => {",
  '  if (path !== "/token" || method !== "POST") throw new Error("Not the token endpoint");',
  '  return Response.json(await client.getToken(user, ["voip"]));',
  "};",
];

/**
 * Prepends a client and a user, as earlier snippets create them, to a snippet that uses but doesn't create them. A
 * credential must have a token at the end, and is disposed, because its timer would keep the process alive.
 */
export function withPrelude(code: string): string {
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const makes = (name: string) => new RegExp(`(?:const|let) (?:\\{[^}]*)?\\b${name}\\b`).test(code);
  const prelude: string[] = [];
  const end: string[] = [];
  if (uses("client") && !makes("client")) {
    prelude.push(...client);
    if (uses("user") && !makes("user")) prelude.push(user);
  }
  if (uses("AzureCommunicationTokenCredential")) {
    prelude.push(...client, user, ...tokenEndpoint);
    end.push(
      'if (!(await credential.getToken()).token) throw new Error("There is no token");',
      "credential.dispose();",
    );
  }
  return [...prelude, code, ...end, "export {};", ""].join("\n");
}
