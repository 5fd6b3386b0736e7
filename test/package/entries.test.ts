import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { build, transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { type UserProject, userProject } from "../helpers/project.js";

const entries = [
  "acs-identity",
  "acs-identity/testing",
  "acs-identity/emulator",
  "acs-identity/refresher",
  "acs-identity/token-endpoint",
  "acs-identity/undici",
];

/** The runtime values of the main entry. */
const mainExports = [
  "AzureKeyCredential",
  "CommunicationIdentityClient",
  "RestError",
  "createCommunicationAccessKeyCredentialPolicy",
  "isRestError",
  "logger",
  "parseConnectionString",
];

let project: UserProject;

beforeAll(async () => {
  project = await userProject("entries");
});

afterAll(() => project.remove());

/** Runs a program in the project and returns the JSON that it prints. */
async function runProgram(name: string, text: string): Promise<unknown> {
  await writeFile(join(project.folder, name), text);
  return JSON.parse(await run(process.execPath, [name], { cwd: project.folder }));
}

describe("the entry", () => {
  it("exports the same names to ESM and CommonJS, where a test can replace each", async () => {
    const names = JSON.stringify(entries);
    const esm = `
      const all = {};
      for (const entry of ${names}) all[entry] = Object.keys(await import(entry)).sort();
      process.stdout.write(JSON.stringify(all));`;
    const commonjs = `
      const all = {};
      for (const entry of ${names}) {
        const { __esModule: isModule, ...exported } = Object.getOwnPropertyDescriptors(require(entry));
        const replaceable = Object.entries(exported).filter(([, each]) => each.writable && each.configurable);
        all[entry] = isModule.value ? replaceable.map(([name]) => name).sort() : "no module";
      }
      process.stdout.write(JSON.stringify(all));`;
    const exported = await runProgram("names.mjs", esm);
    expect(exported).toMatchObject({
      "acs-identity": mainExports,
      "acs-identity/undici": ["createUndiciHttpClient"],
    });
    expect(await runProgram("names.cjs", commonjs)).toEqual(exported);
  });

  it.each(["refresher", "testing", "token-endpoint"])(
    "acs-identity/%s is a folder with ES2019 for resolvers that don't know exports",
    async (name) => {
      // Node doesn't look at exports for a path.
      const own = await runProgram(
        "folder.cjs",
        `require("./node_modules/acs-identity/${name}");
        process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((path) => path.includes("dist"))));`,
      );
      expect(own).not.toEqual([]);
      const manifest = async (folder: string) =>
        JSON.parse(
          await readFile(join(project.folder, "node_modules/acs-identity", folder, "package.json"), "utf8"),
        );
      const { types, default: main } = (await manifest("")).exports[`./${name}`].require;
      expect(await manifest(name)).toMatchObject({ main: `.${main}`, types: `.${types}` });
      for (const path of own as string[]) {
        const code = await readFile(path, "utf8");
        const [newest, older] = await Promise.all(
          ["esnext", "es2019"].map((target) => transform(code, { target })),
        );
        expect(older?.code, path).toBe(newest?.code);
      }
    },
  );

  it("acs-identity loads neither the fake nor the emulator", async () => {
    const loaded = await runProgram(
      "loaded.cjs",
      'require("acs-identity"); process.stdout.write(JSON.stringify(Object.keys(require.cache)));',
    );
    const own = (loaded as string[]).filter((path) => path.includes("acs-identity/dist"));
    expect(own).toHaveLength(1);
    expect(
      own.filter((path) => /dist\/\w+\/(?:testing|emulator|refresher|tokenEndpoint|undici)\//.test(path)),
    ).toEqual([]);
  });

  it("hides the files behind it", async () => {
    const inner = [
      "acs-identity/dist/esm/index.js",
      "acs-identity/platform",
      "acs-identity/testing/index.js",
    ];
    const text = `
      const imports = await Promise.allSettled(${JSON.stringify(inner)}.map((path) => import(path)));
      process.stdout.write(JSON.stringify(imports.map(({ reason }) => reason?.code)));`;
    expect(await runProgram("deep.mjs", text)).toEqual(inner.map(() => "ERR_PACKAGE_PATH_NOT_EXPORTED"));
  });

  it.each(["acs-identity", "acs-identity/testing", "acs-identity/refresher", "acs-identity/token-endpoint"])(
    "%s is bundled for a browser by esbuild, without Node's modules",
    async (entry) => {
      const stdin = { contents: `export * from "${entry}";`, resolveDir: project.folder };
      const { outputFiles } = await build({ stdin, bundle: true, write: false, logLevel: "silent" });
      expect(outputFiles[0]?.text).not.toMatch(/(?:from|require\(|import\() ?"node:/);
    },
  );

  const conditions = ["browser", "workerd", "worker", "edge-light", "react-native"];
  it.each(
    conditions.flatMap((name) => [
      ["acs-identity/emulator", name],
      ["acs-identity/undici", name],
    ]),
  )("%s can't be bundled for a runtime with the condition %s", async (entry, condition) => {
    const contents = `import "${entry}";`;
    const stdin = { contents, resolveDir: project.folder };
    const bundled = build({
      stdin,
      bundle: true,
      write: false,
      conditions: [condition],
      platform: "neutral",
      logLevel: "silent",
    });
    await expect(bundled).rejects.toThrow(new RegExp(entry));
  });
});

describe("importing the client", () => {
  it("touches no globals, so it loads in a context without them", async () => {
    const outfile = join(project.folder, "bare.cjs");
    await build({
      stdin: { contents: 'export * from "acs-identity";', resolveDir: project.folder },
      outfile,
      bundle: true,
      format: "cjs",
      conditions: ["browser"],
      external: ["@azure/*"],
    });
    const module = { exports: {} };
    const require = createRequire(outfile);
    runInNewContext(await readFile(outfile, "utf8"), { module, exports: module.exports, require });
    expect(Object.keys(module.exports).sort()).toEqual(mainExports);
  });
});
