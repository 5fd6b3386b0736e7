// Applications in the shape of those that other people wrote for `@azure/communication-identity`, with this package under
// that name: each is tested, built or run with tools of its own.
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommunicationIdentityClient } from "../../src/index.js";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { run } from "../package/command.js";
import { installation } from "../package/packed.js";
import { webGlobals } from "../package/webGlobals.js";
import { binaryAt } from "../runtimes/binaries.js";
import { bundlers } from "./bundlers.js";

const here = fileURLToPath(new URL(".", import.meta.url));

let folder: string;
let tools: string;
let require: NodeJS.Require;

beforeAll(async () => {
  const installed = await installation(here, "@azure/communication-identity");
  tools = join(installed.folder, "node_modules");
  require = createRequire(join(installed.folder, "package.json"));
  folder = await mkdtemp(join(installed.folder, "run-"));
  await cp(join(here, "projects"), folder, { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const babel = [
  "babel-jest",
  { presets: [["@babel/preset-env", { targets: { node: "20" } }], "@babel/preset-typescript"] },
];
// Not isolated modules, since most applications let ts-jest check types.
const tsJest = [
  "ts-jest",
  { tsconfig: { allowJs: true, esModuleInterop: true, target: "es2022", module: "commonjs" } },
];
/** What docs/testing.md and TROUBLESHOOTING.md say for jsdom. */
const inJsdom = {
  testEnvironment: "<rootDir>/webEnvironment.cjs",
  transformIgnorePatterns: ["/node_modules/(?!@azure/|@typespec/)"],
};

function jest(transform: unknown, settings: object): string[] {
  const config = {
    transform: { "\\.[cm]?[jt]s$": transform },
    testMatch: ["**/globals.test.ts"],
    ...settings,
  };
  return ["jest/bin/jest.js", "--config", JSON.stringify(config)];
}

function vitest(environment: string): string[] {
  return ["vitest/vitest.mjs", "run", "--globals", "--environment", environment, "globals"];
}

describe("a component, a handler and the fake are tested", () => {
  it.each([
    ["Jest in Node, by babel-jest", jest(babel, { testEnvironment: "node" })],
    ["Jest in jsdom, by babel-jest", jest(babel, inJsdom)],
    ["Jest in Node, by ts-jest", jest(tsJest, { testEnvironment: "node" })],
    ["Jest in jsdom, by ts-jest", jest(tsJest, inJsdom)],
    ["Vitest in Node", vitest("node")],
    ["Vitest in jsdom", vitest("jsdom")],
    ["Vitest in happy-dom", vitest("happy-dom")],
  ])("by %s", async (_, [program = "", ...args]) => {
    await run(process.execPath, [join(tools, program), ...args], { cwd: join(folder, "runners") });
  });

  it.each([
    ["node:test", "node-24/bin/node", ["--test", "node.test.ts"]],
    ["Bun's runner", "@oven/bun-linux-x64/bin/bun", ["test", "node.test.ts"]],
    [
      "Deno's runner",
      "@deno/linux-x64-glibc/deno",
      ["test", "--allow-all", "--no-check", "--node-modules-dir=manual", "node.test.ts"],
    ],
  ])("by %s", async (_, module, args) => {
    const binary = await binaryAt(module);
    expect(binary).toBeDefined();
    await run(binary ?? "", args, { cwd: join(folder, "runners") });
  });

  it("by Jest in jsdom only if Azure Core's builds for browsers are transformed", async () => {
    const [program = "", ...args] = jest(babel, { testEnvironment: "jsdom" });
    const running = run(process.execPath, [join(tools, program), ...args], { cwd: join(folder, "runners") });
    await expect(running).rejects.toThrow("Must use import to load ES Module");
  });
});

describe("a page with rooms", () => {
  it.each(bundlers)("is built by $name, and its client signs with WebCrypto", async ({ name, bundle }) => {
    const output = join(folder, name);
    await mkdir(output);
    const script = await bundle(join(folder, "page.js"), output, require);
    const context = createContext(webGlobals) as { Client: typeof CommunicationIdentityClient };
    runInContext(script, context);
    const { connectionString, httpClient } = createFakeIdentityService({ strictness: "strict" });
    const { communicationUserId } = await new context.Client(connectionString, { httpClient }).createUser();
    expect(communicationUserId).toMatch(/^8:acs:/);
  });

  it.each(bundlers.filter(({ name }) => ["esbuild", "Vite"].includes(name)))(
    "is built with chat and calling by $name",
    async ({ name, bundle }) => {
      const output = join(folder, `${name} with calling`);
      await mkdir(output);
      expect(await bundle(join(folder, "callingPage.js"), output, require)).toContain(
        "CommunicationIdentityClient",
      );
    },
  );
});

describe("next build", () => {
  it("needs no connection string, because the route makes its client at the first request", async () => {
    const output = await run(process.execPath, [join(tools, "next/dist/bin/next"), "build"], {
      cwd: join(folder, "next"),
      env: { NEXT_TELEMETRY_DISABLED: "1" },
    });
    expect(output).toContain("/api/token");
  });
});
