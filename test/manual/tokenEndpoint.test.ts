// The files of docs/tokenEndpoint.md that need no framework to run. test/starters runs each file in its own starter.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { CommunicationIdentityClient } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import { build, transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createTokenIssuer, type TokenIssuerOptions } from "../../samples/tokenRoute.js";
import { run } from "../helpers/command.js";
import { codeBlocks, findSection, readText } from "../helpers/documents.js";
import { freePort } from "../helpers/freePort.js";
import { root } from "../helpers/packed.js";
import { aliceSession, type ServerFile, serverFile } from "../starters/pages.js";

/** Inside the repository, `acs-identity` is the built package. */
const folder = join(root, "test-results/tokenEndpoint");
const page = "docs/tokenEndpoint.md";

let emulator: Awaited<ReturnType<typeof startEmulator>>;
beforeAll(async () => {
  emulator = await startEmulator();
  vi.stubEnv("COMMUNICATION_CONNECTION_STRING", emulator.connectionString);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.close();
});

/** Saves a server's file, with the two files beside it, and returns its path. TypeScript becomes JavaScript. */
async function save(name: string, { folder: place, path, code, ending }: ServerFile): Promise<string> {
  const project = join(folder, name);
  const asScript = async (text: string) =>
    ending === ".ts" ? (await transform(text, { loader: "ts" })).code : text;
  // The names of the copies, since Node.js looks for files, and not for what a bundler finds.
  const found = (await asScript(code)).replaceAll(/"(\.\.?\/token(?:Route|Options))(?:\.js)?"/g, '"$1.mjs"');
  const saved = join(project, path.replace(/\.ts$/, ".mjs"));
  await mkdir(dirname(saved), { recursive: true });
  await writeFile(saved, ending === ".ts" ? found : code);
  await mkdir(join(project, place), { recursive: true });
  for (const sample of ["tokenRoute", "tokenOptions"]) {
    const copy = `${sample}${ending === ".ts" ? ".mjs" : ending}`;
    await cp(join(root, "samples", copy), join(project, place, copy));
  }
  const options = `tokenOptions${ending === ".ts" ? ".mjs" : ending}`;
  await appendFile(join(project, place, options), aliceSession);
  return saved;
}

const signedIn = { Cookie: "theme=dark; session=of-alice; a=b" };
const requestOf = (headers: Record<string, string> = {}) =>
  new Request("https://app.example/token", { method: "POST", headers });

it("shows tokenOptions as it is in the package", () => {
  const [block = ""] = codeBlocks(page, "ts");
  const sample = readText("samples/tokenOptions.ts").replace(/^\/\*\*\n(?: \*.*\n)+/, "");
  expect(block).toBe(sample);
});

it("links each of its servers", () => {
  const servers = [...readText(page).matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
  const shown = servers.filter((heading) => findSection(page, heading).includes("save this as"));
  const [list = ""] = readText(page).split("\n## ");
  expect(shown.length).toBeGreaterThan(12);
  expect(shown.filter((heading) => !list.includes(`[${heading}](#`))).toEqual([]);
});

describe("a server with web requests", () => {
  type Handler = (request: Request) => Promise<Response>;
  const event = (handle: (event: unknown) => Promise<Response>): Handler => {
    return (request) => handle({ request });
  };
  const cases: readonly (readonly [name: string, ending: string, handlerOf: (module: never) => Handler])[] = [
    ["Next.js", ".ts", ({ POST }: { POST: Handler }) => POST],
    ["SvelteKit", ".ts", ({ POST }: { POST: Parameters<typeof event>[0] }) => event(POST)],
    ["Astro", ".ts", ({ POST }: { POST: Parameters<typeof event>[0] }) => event(POST)],
    ["React Router", ".ts", ({ action }: { action: Parameters<typeof event>[0] }) => event(action)],
    ["Cloudflare Workers", ".ts", (module: { default: { fetch: Handler } }) => module.default.fetch],
    ["Bun and Deno", ".mjs", (module: { default: { fetch: Handler } }) => module.default.fetch],
  ];

  it.each(cases)("issues a token with the file for %s", async (name, ending, handlerOf) => {
    const path = await save(name, serverFile(name, ending));
    const handle = handlerOf((await import(/* @vite-ignore */ pathToFileURL(path).href)) as never);
    expect((await handle(requestOf())).status).toBe(401);
    const response = await handle(requestOf(signedIn));
    const { token } = (await response.json()) as { token: string };
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true });
  });
});

it("issues the first token with the file for Node.js without a framework", async () => {
  const path = await save("node", serverFile("Node.js without a framework", ".mjs"));
  const [line = "", curl = ""] = [...codeBlocks(page, "js"), ...codeBlocks(page, "sh")].filter((block) =>
    block.includes("s1"),
  );
  const sample = join(dirname(path), "tokenOptions.mjs");
  const empty = "const sessions = new Map();\n";
  const text = await readFile(sample, "utf8");
  expect(text).toContain(empty);
  await writeFile(sample, text.replace(empty, line));
  const PORT = String(await freePort());
  const child = spawn(process.execPath, [path], { env: { ...process.env, PORT }, stdio: "ignore" });
  onTestFinished(async () => {
    child.kill();
    await once(child, "exit");
  });
  const post = (route: string, headers = {}) =>
    fetch(`http://127.0.0.1:${PORT}${route}`, { method: "POST", headers });
  await vi.waitFor(() => post("/"), { timeout: 20_000, interval: 50 });
  expect((await post("/")).status).toBe(404);
  expect((await post("/token")).status).toBe(401);
  for (const command of [curl, curl.replace("s1", "of-alice")]) {
    const printed = await run("sh", ["-c", command.replace("3000", PORT)], { cwd: folder });
    expect(await emulator.service.inspectToken(JSON.parse(printed).token)).toMatchObject({ valid: true });
  }
});

/** Imports a block of the page that declares these names. */
async function importBlock(words: string, names: string): Promise<never> {
  const block = codeBlocks(page, "ts").find((each) => each.includes(words)) ?? expect.fail(words);
  const { code } = await transform(`${block.replaceAll("export ", "")}\nexport { ${names} };`, {
    loader: "ts",
  });
  const path = join(folder, `block-${names.split(",")[0]}.mjs`);
  await writeFile(path, code);
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as never;
}

const keepNothing = async (_person: string, created?: string) => created;

it("gives a host other scopes than a guest with the function of the page", async () => {
  const { scopes }: Pick<TokenIssuerOptions, "scopes"> = await importBlock("isHost", "scopes");
  const createClient = () => new CommunicationIdentityClient(emulator.connectionString);
  const issue = createTokenIssuer({ createClient, keepUserId: keepNothing, ...(scopes && { scopes }) });
  const scopesOf = async (person: string) => {
    const { body } = await issue(person);
    return (await emulator.service.inspectToken("token" in body ? body.token : "")).scopes;
  };
  expect(await scopesOf("alice")).toEqual(["voip"]);
  expect(await scopesOf("bob")).toEqual(["voip.join"]);
});

it.each(["before", "after"])("uses a key that was replaced %s the first request", async (order) => {
  const rotated = await startEmulator();
  vi.stubEnv("COMMUNICATION_CONNECTION_STRING", rotated.connectionString);
  onTestFinished(async () => {
    vi.stubEnv("COMMUNICATION_CONNECTION_STRING", emulator.connectionString);
    await rotated.close();
  });
  // Another name makes it another file, which is loaded anew.
  const names = `useKeyOf as ${order}, useKeyOf, createClient`;
  const {
    createClient,
    useKeyOf,
  }: Pick<TokenIssuerOptions, "createClient"> & {
    readonly useKeyOf: (connectionString: string) => void;
  } = await importBlock("useKeyOf", names);
  const issue = createTokenIssuer({ createClient, keepUserId: keepNothing });
  if (order === "after") expect((await issue("alice")).status).toBe(200);
  await rotated.service.regenerateKey("primary");
  useKeyOf(rotated.connectionString);
  expect((await issue("alice")).status).toBe(200);
});

it("issues a token with both bundles for AWS Lambda", async () => {
  const path = await save("lambda", serverFile("AWS Lambda", ".mjs"));
  const project = dirname(dirname(path));
  const lines = codeBlocks(page, "sh").filter((block) => block.includes("esbuild"));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const command = line.replace("npx esbuild", join(root, "node_modules/.bin/esbuild"));
    await run("sh", ["-c", command], { cwd: project });
  }
  const bundles = [
    createRequire(path)(join(project, "dist/token.cjs")),
    await import(/* @vite-ignore */ pathToFileURL(join(project, "dist/token.mjs")).href),
  ] as { handler: (event: object) => Promise<{ statusCode: number; body: string }> }[];
  for (const { handler } of bundles) {
    expect((await handler({})).statusCode).toBe(401);
    const { body } = await handler({ cookies: ["theme=dark", "session=of-alice"] });
    expect(await emulator.service.inspectToken(JSON.parse(body).token)).toMatchObject({ valid: true });
  }
  // Why the page has a banner.
  const bare = join(project, "dist/bare.mjs");
  await build({ entryPoints: [path], bundle: true, platform: "node", format: "esm", outfile: bare });
  const ended = run(process.execPath, [bare], { cwd: project });
  await expect(ended).rejects.toThrow(/Dynamic require of "\w+" is not supported/);
});
