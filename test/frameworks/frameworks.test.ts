// The lines of docs/tokenEndpoint.md in the newest major of each framework, compiled and run with the packed tarball.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { run } from "../package/command.js";
import { type Installation, installation, root } from "../package/packed.js";
import { binaryAt } from "../runtimes/binaries.js";
import { compiled, next, type Server, servers } from "./servers.js";

const here = fileURLToPath(new URL(".", import.meta.url));

let installed: Installation;
let folder: string;
let page: string;
let emulator: Emulator;
let env: Record<string, string>;

const tool = (path: string) => join(installed.folder, "node_modules", path);

/** Returns the lines of a row. */
function linesOf({ row }: Pick<Server, "row">): string {
  const [, cell = ""] = page.match(new RegExp(`^\\| ${row}[^|]*\\| (.*) \\|$`, "m")) ?? [];
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, line]) => line).join("\n");
}

beforeAll(async () => {
  installed = await installation(here);
  folder = await mkdtemp(join(installed.folder, "run-"));
  await cp(join(here, "projects"), folder, { recursive: true });
  // From the package, which is where the page says that it is.
  const sample = tool("acs-identity/samples/tokenRoute.ts");
  page = await readFile(join(root, "docs/tokenEndpoint.md"), "utf8");
  for (const [name, server] of Object.entries({ ...compiled, ...servers })) {
    await writeFile(join(folder, `${name}.ts`), server.around(linesOf(server)));
  }
  await cp(sample, join(folder, "tokenRoute.ts"));
  const route = join(folder, "next/app/api/token");
  await mkdir(route, { recursive: true });
  await writeFile(join(route, "route.ts"), next.around(linesOf(next)));
  await cp(sample, join(route, "tokenRoute.ts"));
  await cp(join(folder, "options.ts"), join(route, "options.ts"));
  emulator = await startEmulator();
  env = { COMMUNICATION_CONNECTION_STRING: emulator.connectionString, NEXT_TELEMETRY_DISABLED: "1" };
  await run(process.execPath, [tool("typescript/bin/tsc"), "-p", folder], { cwd: folder });
});

afterAll(async () => {
  await emulator?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => emulator.service.reset());

/** Starts a server, and returns the port that its first line of output with a number names. */
async function start(...args: string[]): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill();
    await ended;
  });
  if (!child.stdout) return expect.fail("no output");
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^(?:.*localhost:)?(\d+)$/.exec(line.trim()) ?? [];
    if (port) return Number(port);
  }
  return expect.fail("the server has ended");
}

async function expectEndpoint(url: string): Promise<void> {
  const ask = (Cookie: string) => fetch(url, { method: "POST", headers: { Cookie } });
  const response = await ask("person=alice");
  const { token, user } = await response.json();
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  expect(await emulator.service.inspectToken(token)).toMatchObject({
    valid: true,
    userId: user.communicationUserId,
  });
  const refused = await ask("");
  expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
  emulator.service.failNext({ status: 429, retryAfterInSeconds: 17 });
  const limited = await ask("person=alice");
  expect([limited.status, limited.headers.get("Retry-After")]).toEqual([503, "17"]);
}

describe("the token endpoint", () => {
  it.each(Object.keys(servers))("works in %s", async (name) => {
    const port = await start(join(folder, `out/${name}.js`));
    await expectEndpoint(`http://127.0.0.1:${port}/token`);
  });

  it("works in Next.js, whose build needs no connection string", async () => {
    const program = tool("next/dist/bin/next");
    const project = join(folder, "next");
    await run(process.execPath, [program, "build", project], { cwd: folder });
    const port = await start(program, "start", project, "--port", "0");
    await expectEndpoint(`http://127.0.0.1:${port}/api/token`);
  });

  it("takes the HttpRequest of Azure Functions, and its response is an HttpResponse", async () => {
    const output = await run(process.execPath, [join(folder, "out/azureFunctions.js")], { cwd: folder, env });
    const [first, second] = output
      .split("\n")
      .flatMap((line) => (line.startsWith("[") ? [JSON.parse(line)] : []));
    expect(first).toEqual([200, null, expect.objectContaining({ token: expect.any(String) })]);
    expect(second).toEqual([401, null, { detail: "Sign in first." }]);
  });
});

describe("the token route, its options and the lines for Functions", () => {
  const all = ["20", "22", "26"];
  const compilers = { "4.9": ["20"], "5.9": all, "6.0": all, "7.0": all };

  it.each(
    Object.entries(compilers).flatMap(([version, types]) => types.map((each) => [version, each] as const)),
  )(
    "compile with TypeScript %s and @types/node %s, strict and not, with and without lib.dom, as CommonJS and nodenext",
    async (version, types) => {
      const project = join(folder, `typescript-${version}-types-${types}`);
      const packages = join(project, "node_modules");
      await mkdir(join(packages, "@types"), { recursive: true });
      for (const name of ["acs-identity", "@azure"]) await symlink(tool(name), join(packages, name));
      await symlink(tool(`types-node-${types}`), join(packages, "@types/node"));
      await cp(tool("acs-identity/samples/tokenRoute.ts"), join(project, "tokenRoute.ts"));
      const [, options = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
      await writeFile(
        join(project, "token.ts"),
        `import { app, HttpRequest } from "@azure/functions";
import { createTokenIssuer, createTokenRoute } from "./tokenRoute.js";
${options}
export const route = createTokenRoute<Request>(options);
${linesOf({ row: "Azure Functions" })}`,
      );
      const compiler = tool(`typescript${version === "6.0" ? "" : `-${version}`}/bin/tsc`);
      const choices = ["commonjs", "nodenext"].flatMap((module) =>
        [true, false].flatMap((strict) =>
          [["es2022"], ["es2022", "dom"]].map((lib) => ({ module, strict, lib })),
        ),
      );
      for (const choice of choices) {
        // The rest is as `func init` writes it.
        const rest = {
          target: "es6",
          noEmit: true,
          skipLibCheck: true,
          types: ["node"],
          preserveSymlinks: true,
        };
        const config = { compilerOptions: { ...rest, ...choice }, files: ["token.ts"] };
        await writeFile(join(project, "tsconfig.json"), JSON.stringify(config));
        const output = await run(process.execPath, [compiler, "-p", project], {
          cwd: project,
          mayFail: true,
        });
        expect(output, JSON.stringify(choice)).toBe("");
      }
    },
  );
});

describe("the refresher in React Native", () => {
  it("is bundled by metro with React Native's preset, and compiled for Hermes", async () => {
    const node = (await binaryAt("node-24/bin/node")) ?? expect.fail("there is no Node 24");
    const project = join(folder, "reactNative");
    await run(node, ["bundle.cjs"], { cwd: project });
    const compiler = tool("hermes-compiler/hermesc/linux64-bin/hermesc");
    await run(compiler, ["-emit-binary", "-out", "bundle.hbc", "bundle.js"], { cwd: project });
    const [script, bytecode] = [
      await readFile(join(project, "bundle.js"), "utf8"),
      await readFile(join(project, "bundle.hbc")),
    ];
    expect(script).toContain("The token refresher was stopped");
    expect(bytecode.includes("The token refresher was stopped")).toBe(true);
  });
});
