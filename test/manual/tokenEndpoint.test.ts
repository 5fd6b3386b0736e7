// What docs/tokenEndpoint.md and docs/userIdStores.md show without a framework, and the sample. test/starters runs each server's file.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { CommunicationIdentityClient } from "acs-identity";
import { startEmulator } from "acs-identity/emulator";
import { createTokenEndpoint, type UserIdStore } from "acs-identity/token-endpoint";
import { transform } from "esbuild";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { run } from "../helpers/command.js";
import { codeBlocks, findSection } from "../helpers/documents.js";
import { freePort } from "../helpers/freePort.js";
import { root } from "../helpers/packed.js";
import { blockOf, sectionOf, serverFile, tokensFile, tokensPathOf } from "../starters/pages.js";

/** Inside the repository, `acs-identity` is the built package. */
const folder = join(root, "test-results/tokenEndpoint");
const page = "docs/tokenEndpoint.md";

/** Node.js 20 has no SQLite. */
const hasSqlite = isBuiltin("node:sqlite");

beforeAll(() => mkdir(folder, { recursive: true }));

async function save(path: string, code: string): Promise<string> {
  const saved = join(folder, path);
  await mkdir(dirname(saved), { recursive: true });
  await writeFile(saved, code);
  return saved;
}

/** Starts a server on a free port, and returns its origin and what it writes to standard error. */
async function start(program: string, connectionString: string) {
  const PORT = String(await freePort());
  const env = { ...process.env, PORT, COMMUNICATION_CONNECTION_STRING: connectionString };
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "ignore", "pipe"] });
  const written = text(child.stderr);
  const stop = async () => {
    child.kill();
    await once(child, "exit");
    return written;
  };
  onTestFinished(() => void child.kill("SIGKILL"));
  const origin = `http://localhost:${PORT}`;
  await vi.waitFor(() => fetch(origin), { timeout: 20_000, interval: 50 });
  return { origin, stop };
}

describe("the first token", () => {
  it("takes at most 40 lines, and its log says why a caller got a 503", async () => {
    const blocks = [...findSection(page, "The first token").matchAll(/^```\w+\n(.*?)^```$/gms)];
    expect(blocks.flatMap(([, code = ""]) => code.trimEnd().split("\n")).length).toBeLessThanOrEqual(40);
    const emulator = await startEmulator();
    const program = await save("server.mjs", blockOf(page, "js", "createTokenEndpoint"));
    const { origin, stop } = await start(program, emulator.connectionString);
    expect((await fetch(`${origin}/token`, { method: "POST" })).status).toBe(401);
    const curl = codeBlocks(page, "sh").find((block) => block.startsWith("curl")) ?? "";
    const ask = () => run("sh", ["-c", curl.replace("http://localhost:3000", origin)], { cwd: folder });
    const { token } = JSON.parse(await ask());
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true });
    await emulator.close();
    expect(JSON.parse(await ask())).toEqual({ status: 503, detail: "Try again later." });
    expect(await stop()).toMatch(
      /^acs-identity\/token-endpoint answered 503: getToken for "alice" failed: .*Is the emulator running\?/m,
    );
  });
});

it("links to a section for each of its servers, which imports tokens.ts", () => {
  const servers = [...findSection(page, "Servers").matchAll(/^### (.+)$/gm)].map(
    ([, heading = ""]) => heading,
  );
  expect(servers.length).toBeGreaterThan(12);
  for (const server of servers.filter((name) => name !== "Any other server")) {
    expect(tokensPathOf(serverFile(server)), server).toMatch(/tokens\.ts$/);
  }
});

it("issues a token with the bundle for AWS Lambda", async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  vi.stubEnv("COMMUNICATION_CONNECTION_STRING", emulator.connectionString);
  onTestFinished(() => void vi.unstubAllEnvs());
  const lambda = serverFile("AWS Lambda");
  await save(`lambda/${tokensPathOf(lambda)}`, tokensFile);
  await save(`lambda/${lambda.path}`, lambda.code);
  const [, line = ""] = /`(npx esbuild [^`]+)`/.exec(sectionOf(page, "AWS Lambda")) ?? [];
  const command = line.replace("npx esbuild", join(root, "node_modules/.bin/esbuild"));
  const project = join(folder, "lambda");
  await save("lambda/package.json", "{}");
  await run("sh", ["-c", command], { cwd: project });
  const { handler } = createRequire(join(project, "index.js"))("./dist/token.js") as {
    handler: (event: object) => Promise<{ statusCode: number; body: string }>;
  };
  expect((await handler({})).statusCode).toBe(401);
  const { body } = await handler({ cookies: ["theme=dark", "session=of-alice"] });
  expect(await emulator.service.inspectToken(JSON.parse(body).token)).toMatchObject({ valid: true });
});

it.runIf(hasSqlite)(
  "keeps one row and one user in the SQLite of Node.js 22.13 for fifty requests at once",
  async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    await rm(join(folder, "sqlite"), { recursive: true, force: true });
    const { code } = await transform(blockOf("docs/userIdStores.md", "typescript", "node:sqlite"), {
      loader: "ts",
    });
    const database = join(folder, "sqlite/users.db");
    const path = await save("sqlite/userIds.mjs", code.replace('"users.db"', JSON.stringify(database)));
    const { userIds } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
      userIds: UserIdStore;
    };
    const client = new CommunicationIdentityClient(emulator.connectionString);
    const create = () => createTokenEndpoint({ client, userIds, scopes: ["voip"] });
    const fifty = async () => {
      const endpoints = [create(), create()];
      const asked = Array.from({ length: 50 }, (_, index) => endpoints[index % 2]?.respond("alice"));
      return new Set((await Promise.all(asked)).map((response) => response?.status));
    };
    expect(await fifty()).toEqual(new Set([200]));
    const first = (await userIds.get("alice")) ?? "";
    await client.deleteUser({ communicationUserId: first });
    expect(await fifty()).toEqual(new Set([200]));
    expect(emulator.service.users.map(({ id }) => id)).toEqual([await userIds.get("alice")]);
  },
);
