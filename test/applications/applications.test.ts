// Applications in the shape of those that other people wrote for `@azure/communication-identity`, with this package under
// that name: each is tested, built or run with tools of its own.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { CommunicationIdentityClient } from "../../src/index.js";
import { createFakeIdentityService } from "../../src/testing/index.js";
import { chromiumPath } from "../helpers/browser/chromium.js";
import { run } from "../helpers/command.js";
import { root } from "../helpers/packed.js";
import { webGlobals } from "../helpers/webGlobals.js";
import { binaries, binaryAt } from "../runtimes/binaries.js";
import { bundlers } from "./bundlers.js";

const here = fileURLToPath(new URL(".", import.meta.url));

let folder: string;
let tools: string;
let require: NodeJS.Require;

beforeAll(async () => {
  const installed = inject("installed");
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
const { "Node 20": node20, "Node 24": node24 } = binaries;
/** What docs/testRunners.md and TROUBLESHOOTING.md say for jsdom. */
const inJsdom = {
  testEnvironment: "<rootDir>/webEnvironment.cjs",
  transformIgnorePatterns: ["/node_modules/(?!@azure/|@typespec/)"],
};

/** The packages, seen from a project. */
const packages = "../../node_modules";

function jest(transform: unknown, settings: object, name = "jest"): string[] {
  const config = {
    transform: { "\\.[cm]?[jt]s$": transform },
    testMatch: ["**/globals.test.ts"],
    ...settings,
  };
  return [`${packages}/${name}/bin/jest.js`, "--config", JSON.stringify(config)];
}

/** @param location - Where it's installed. Default: beside the project. The one of this repository is version 4. */
function vitest(environment: string, location = packages): string[] {
  return [`${location}/vitest/vitest.mjs`, "run", "--globals", "--environment", environment, "globals"];
}

describe("a component, a handler and the fake are tested", () => {
  it.each([
    ["Jest 29 in Node, by ts-jest", node20, jest(tsJest, { testEnvironment: "node" }, "jest-29")],
    ["Jest 30 in Node, by babel-jest", node20, jest(babel, { testEnvironment: "node" })],
    ["Jest 30 in jsdom, by babel-jest", node20, jest(babel, inJsdom)],
    ["Jest 30 in jsdom, by ts-jest", node20, jest(tsJest, inJsdom)],
    ["Vitest 4 in Node", node20, vitest("node", join(root, "node_modules"))],
    ["Vitest 5 in jsdom", node24, vitest("jsdom")],
    ["Vitest 5 in happy-dom", node24, vitest("happy-dom")],
    ["node:test", node24, ["--test", "node.test.ts"]],
    ["Bun's runner", binaries.Bun, ["test", "node.test.ts"]],
    [
      "Deno's runner",
      binaries.Deno,
      ["test", "--allow-all", "--no-check", "--node-modules-dir=manual", "node.test.ts"],
    ],
  ])("by %s", async (_, module, args) => {
    const binary = await binaryAt(module);
    expect(binary).toBeDefined();
    await run(binary ?? "", args, { cwd: join(folder, "runners") });
  });

  it("by Karma in Chromium, from a bundle of esbuild", async () => {
    const cwd = join(folder, "runners");
    const outfile = join(cwd, "karma.js");
    await build({
      entryPoints: [join(cwd, "globals.test.ts")],
      bundle: true,
      outfile,
      banner: { js: "const test = it;" },
      logLevel: "silent",
    });
    const env = { CHROME_BIN: (await chromiumPath()) ?? expect.fail("there is no Chromium") };
    const output = await run(process.execPath, [`${packages}/karma/bin/karma`, "start", "karma.cjs"], {
      cwd,
      env,
    });
    expect(output).toContain("Executed 1 of 1 SUCCESS");
  });

  it("by Jest in jsdom only if Azure Core's builds for browsers are transformed", async () => {
    const args = jest(babel, { testEnvironment: "jsdom" });
    const running = run(process.execPath, args, { cwd: join(folder, "runners") });
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
  const nextBuild = (project: string) =>
    run(process.execPath, [join(tools, "next/dist/bin/next"), "build"], {
      cwd: join(folder, project),
      env: { NEXT_TELEMETRY_DISABLED: "1" },
    });

  it("needs no connection string if the route makes its client at the first request", async () => {
    expect(await nextBuild("next")).toContain("/api/token");
  });

  it("fails without it if the route makes its client when it's loaded, as docs/client.md says", async () => {
    await cp(join(here, "projects/next"), join(folder, "nextAtOnce"), { recursive: true });
    await writeFile(
      join(folder, "nextAtOnce/app/api/token/route.js"),
      `import { CommunicationIdentityClient } from "@azure/communication-identity";
      const client = new CommunicationIdentityClient(process.env.COMMUNICATION_CONNECTION_STRING ?? "");
      export const POST = async () => Response.json(await client.createUser());`,
    );
    await expect(nextBuild("nextAtOnce")).rejects.toThrow("The connection string must be a non-empty string");
  });
});
