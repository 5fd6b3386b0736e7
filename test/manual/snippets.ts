import { readText } from "../helpers/documents.js";

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
    // Those of a list are indented.
    const fence = line.trim();
    if (start === undefined && /^```ts( no-run)?$/.test(fence)) {
      start = index + 1;
      runs = fence === "```ts";
    } else if (start !== undefined && fence === "```") {
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

/** Returns the examples of the doc comments in a source, which are only compiled. */
export function readExamples(file: string, text: string): Snippet[] {
  const comments = text.replace(/^ *\* ?/gm, "");
  return readSnippets(file, comments).map((example) => ({
    ...example,
    code: `${exampleValuesOf(example.code)}${importsOf(example.code)}${example.code}`,
    runs: false,
  }));
}

/** Returns the snippet of the token service's page, which has no types, and is only compiled. */
export function readAppSnippet(): Snippet[] {
  const path = "service/README.md";
  const typed = readText(path).replace(/^```js$/m, "```ts no-run");
  return readSnippets(path, typed).map((snippet) => ({
    ...snippet,
    code: `${appValues}${importsOf(snippet.code)}${snippet.code}`,
  }));
}

const appValues = [
  'import { AzureCommunicationTokenCredential } from "@azure/communication-common";',
  "declare const getSignInToken: () => Promise<string>, signInAgain: () => Promise<void>;",
  "",
].join("\n");

const exampleTypes: Readonly<Record<string, string>> = {
  pipeline: "Pipeline",
  service: 'import("acs-identity/testing").FakeIdentityService',
  emulator: 'import("acs-identity/emulator").Emulator',
  refresher: 'import("acs-identity/refresher").TokenRefresher',
  tokens: 'import("acs-identity/token-endpoint").TokenEndpoint',
  personOf: "(request: Request) => Promise<string | undefined>",
  sql: "(text: TemplateStringsArray, ...values: string[]) => Promise<{ id: string }[]>",
  signInAgain: "() => Promise<void>",
  token: "string",
  expiresOn: "Date",
  key: "string",
  newKey: "string",
  connectionString: "string",
  credential: 'import("acs-identity").AzureKeyCredential',
  endpoint: "string",
  tenantId: "string",
  objectId: "string",
  clientId: "string",
  userObjectId: "string",
  teamsUserAadToken: "string",
};

/** Declares the values that an example uses without making them. */
function exampleValuesOf(code: string): string {
  const made = (name: string) => new RegExp(`(?:const|let) (?:\\{[^}]*)?\\b${name}\\b`).test(code);
  const declarations = Object.entries(exampleTypes)
    .filter(([name]) => !made(name))
    .map(([name, type]) => `declare const ${name}: ${type};`);
  const imports = [
    'import type { Pipeline } from "@azure/core-rest-pipeline";',
    'import { DefaultAzureCredential } from "@azure/identity";',
  ];
  return [...imports, ...declarations, ""].join("\n");
}

/** The functions and classes that each entry exports, by its reports. */
export const exported: ReadonlyMap<string, readonly string[]> = new Map(
  ["index", "testing", "emulator", "refresher", "token-endpoint", "undici"].map((name) => {
    const report = readText(`tools/api/acs-identity.${name}.api.md`);
    const names = [...report.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, found = ""]) => found);
    return [name === "index" ? "acs-identity" : `acs-identity/${name}`, names];
  }),
);

function importsOf(code: string): string {
  return [...exported]
    .map(([entry, names]) => [entry, names.filter((name) => new RegExp(`\\b${name}\\b`).test(code))] as const)
    .filter(([entry, names]) => names.length > 0 && !code.includes(`"${entry}"`))
    .map(([entry, names]) => `import { ${names.join(", ")} } from "${entry}";\n`)
    .join("");
}

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
