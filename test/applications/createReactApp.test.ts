// Create React App, and what its versions bring: Jest 27, and webpack 4 with Jest 26. These know no `exports`.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../helpers/browser/chromium.js";
import { run } from "../helpers/command.js";
import { installation, root } from "../helpers/packed.js";
import { alias } from "./install.js";

const projects = fileURLToPath(new URL("projects/", import.meta.url));

interface App {
  readonly folder: string;
  /** Runs a program on Node, in the app's folder. */
  node(...args: readonly string[]): Promise<string>;
  /** Runs a command of Create React App. */
  scripts(...args: readonly string[]): Promise<string>;
}

async function createApp(version: 4 | 5): Promise<App> {
  const tools = fileURLToPath(new URL(`createReactApp/${version}/`, import.meta.url));
  const installed = await installation(tools, alias);
  const folder = await mkdtemp(join(installed.folder, "app-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(projects, "createReactApp"), folder, { recursive: true });
  // webpack 4 hashes with MD4.
  const env = { CI: "true", NODE_OPTIONS: version === 4 ? "--openssl-legacy-provider" : "" };
  const node = (...args: readonly string[]) => run(process.execPath, args, { cwd: folder, env });
  const program = join(installed.folder, "node_modules/react-scripts/bin/react-scripts.js");
  return { folder, node, scripts: (...args) => node(program, ...args) };
}

/** Builds a page, and returns what it gets of modules, each with its export, of `projects/createReactApp/src`. */
async function resultsOf(
  { folder, scripts }: App,
  modules: Readonly<Record<string, string>>,
): Promise<unknown> {
  const imports = Object.entries(modules).map(
    ([name, binding]) => `import { ${binding} } from "./${name}";\n`,
  );
  const results = `globalThis.results = Promise.all([${Object.values(modules).join()}]);\n`;
  await writeFile(join(folder, "src/index.js"), `${imports.join("")}${results}`);
  await scripts("build");
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(pathToFileURL(join(folder, "build/index.html")).href);
  return page.evaluate("results");
}

/** Adds what the other runners test, and the environment of docs/testRunners.md. */
async function addTest({ folder }: App): Promise<void> {
  const runners = join(projects, "runners");
  for (const name of ["app.ts", "globals.test.ts"]) await cp(join(runners, name), join(folder, "src", name));
  const environment = await readFile(join(runners, "webEnvironment.cjs"), "utf8");
  await writeFile(join(folder, "webEnvironment.cjs"), environment);
  await writeFile(join(folder, "nodeEnvironment.cjs"), environment.replace("-jsdom", "-node"));
}

/** Runs webpack 4 without any loader. */
function webpack({ folder: path, node }: App, entry: string): Promise<string> {
  const options = { mode: "production", entry, output: { path, libraryTarget: "commonjs2" } };
  return node(
    "-e",
    `require("webpack")(${JSON.stringify(options)}, (error, stats) => {
      if (!error && !stats.hasErrors()) return;
      console.error(error ?? stats.toString());
      process.exit(1);
    });`,
  );
}

/** Returns the texts that TROUBLESHOOTING.md quotes of a tool, up to what the page leaves out. */
async function quotedOf(tool: string): Promise<string[]> {
  const page = await readFile(join(root, "TROUBLESHOOTING.md"), "utf8");
  const [, quotes = ""] = new RegExp(`^\\| (.+) \\| ${tool} \\| `, "m").exec(page) ?? [];
  return Array.from(quotes.matchAll(/`([^`…]+)[^`]*`/g), ([, text = ""]) => text);
}

const acsUser = expect.stringMatching(/^8:acs:/);
const text = expect.any(String);

describe("Create React App 5", () => {
  it("builds a page that imports and requires every entry for browsers", async () => {
    const results = await resultsOf(await createApp(5), { refresher: "tokens", client: "users" });
    expect(results).toEqual([
      ["a token", "a token"],
      [acsUser, acsUser],
    ]);
  });

  it("tests with the settings of docs/testRunners.md, in jsdom and in Node", async () => {
    const app = await createApp(5);
    await addTest(app);
    for (const name of ["web", "node"]) await app.scripts("test", `--env=./${name}Environment.cjs`);
  });

  it("has a Jest 27 that fails without them as TROUBLESHOOTING.md says", async () => {
    const app = await createApp(5);
    await addTest(app);
    const quotes = await quotedOf("Jest 27");
    const [module, nodeGlobal, webGlobal] = quotes;
    expect(quotes).toEqual([text, text, text]);
    const transform = { "\\.[jt]s$": ["babel-jest", { presets: ["babel-preset-react-app"] }] };
    const jest = ["../node_modules/jest/bin/jest.js", "--config", JSON.stringify({ transform })];
    await expect(app.node(...jest)).rejects.toThrow(module);
    await expect(app.scripts("test", "--env=node")).rejects.toThrow(nodeGlobal);
    await expect(app.scripts("test")).rejects.toThrow(webGlobal);
  });
});

describe("Create React App 4", () => {
  it("builds a page that imports and requires the refresher", async () => {
    const results = await resultsOf(await createApp(4), { refresher: "tokens" });
    expect(results).toEqual([["a token", "a token"]]);
  });

  it("has a webpack 4 that bundles the refresher without any loader", async () => {
    const app = await createApp(4);
    await webpack(app, "./src/refresher.js");
    const output = await app.node("-p", 'require("./main.js").tokens.then(console.log)');
    expect(output).toContain("[ 'a token', 'a token' ]");
  });

  it("fails with the client and with Azure Core as TROUBLESHOOTING.md says of webpack 4 and Jest 26", async () => {
    const app = await createApp(4);
    const quotes = await quotedOf("webpack 4");
    const [ofClient, ofCore] = quotes;
    expect(quotes).toEqual([text, text]);
    await expect(webpack(app, alias)).rejects.toThrow(ofClient);
    await expect(resultsOf(app, { client: "users" })).rejects.toThrow(ofCore);
    await addTest(app);
    const [inJest] = await quotedOf("Jest 26");
    await expect(app.scripts("test", "--env=node")).rejects.toThrow(inJest);
  });
});
