import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "acs-identity/emulator";
import { transformSync } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../helpers/command.js";
import { documents, readText, root } from "../helpers/documents.js";
import { requireTools } from "../helpers/tools.js";
import { exported, readAppSnippet, readExamples, readSnippets, withPrelude } from "./snippets.js";

const folder = `${root}/test-results/snippets`;
const sources = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => `src/${path.replaceAll("\\", "/")}`);
const files = [
  ...documents.flatMap((path) => readSnippets(path, readText(path))),
  ...readAppSnippet(),
  ...sources.flatMap((path) => readExamples(path, readText(path))),
].map((snippet, index) => ({
  ...snippet,
  path: `${folder}/snippet${index}.mts`,
  // Inside the repository, `acs-identity` is the built package.
  program: `${folder}/snippet${index}.mjs`,
}));
const runnable = files.filter(({ runs }) => runs);

describe("the doc comment of", () => {
  const text = sources.map(readText).join("\n");
  it.each([...exported.values()].flat())("%s has an example", (name) => {
    const lines = "(?: *\\*(?!/).*\\n)*?";
    const example = new RegExp(
      `^/\\*\\*\\n${lines} \\* @example\\n${lines} \\*/\\nexport (?:async )?(?:class|function) ${name}\\b`,
      "m",
    );
    expect(example.test(text)).toBe(true);
  });
});

/** The types whose methods this library implements: a hover is what users read of them. */
const implemented = new Set([
  ...["CommunicationIdentityClient", "AzureKeyCredential", "FakeIdentityService", "FakeClock", "FakeEntra"],
  ...["Emulator", "TokenEndpoint", "TokenRefresher"],
]);

/** Returns the methods of those types that a source declares, with what their comments lack. */
function methodsOf(path: string): [name: string, lacks: string[]][] {
  const source = ts.createSourceFile(path, readText(path), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement);
    if (!isType || !implemented.has(statement.name?.text ?? "")) return [];
    return [...statement.members].flatMap((member): [string, string[]][] => {
      const isMethod =
        ts.isMethodSignature(member) ||
        ts.isMethodDeclaration(member) ||
        (ts.isPropertySignature(member) && member.type?.kind === ts.SyntaxKind.FunctionType);
      if (!isMethod) return [];
      const tags = ts
        .getJSDocTags(member)
        .map((tag) =>
          ts.isJSDocParameterTag(tag) ? `@param ${tag.name.getText()}` : `@${tag.tagName.text}`,
        );
      const parameters = "parameters" in member ? member.parameters : [];
      const wanted = [...parameters.map((parameter) => `@param ${parameter.name.getText()}`), "@example"];
      return [
        [`${statement.name?.text}.${member.name.getText()}`, wanted.filter((tag) => !tags.includes(tag))],
      ];
    });
  });
}

describe("the doc comments of the methods", () => {
  const methods = sources.flatMap(methodsOf);

  it("describe each parameter and have an example", () => {
    expect(new Set(methods.map(([name]) => name.split(".")[0]))).toEqual(implemented);
    expect(methods.filter(([, lacks]) => lacks.length > 0)).toEqual([]);
  });
});

describe("the documentation's snippets", () => {
  let emulator: Awaited<ReturnType<typeof startEmulator>>;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(`${folder}/node_modules/@azure`, { recursive: true });
    // Apps install the newest one, whereas the lockfile has the one that the official package needs.
    await requireTools(new URL("../helpers/communicationCommon/", import.meta.url));
    symlinkSync(
      `${root}/test/helpers/communicationCommon/node_modules/newest`,
      `${folder}/node_modules/@azure/communication-common`,
      "junction",
    );
    for (const { path, program, code } of files) {
      const text = withPrelude(code);
      writeFileSync(path, text);
      const { code: javaScript } = transformSync(text, { loader: "ts", target: "es2022" });
      writeFileSync(program, javaScript);
    }
    emulator = await startEmulator({ port: 0 });
  });

  afterAll(() => emulator.close());

  it("compile", async () => {
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: { isolatedDeclarations: false, declaration: false, incremental: false },
      include: ["*.mts"],
    };
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
    const tsc = `${root}/node_modules/typescript-7/bin/tsc`;
    const options = { cwd: folder, mayFail: true };
    const printed = await run(process.execPath, [tsc, "-p", ".", "--pretty", "false"], options);
    const problems = printed.replace(/^snippet(\d+)\.mts/gm, (_, index) => `${files[Number(index)]?.place} `);
    expect(problems).toBe("");
  });

  it("run one after the other in a process that ends by itself, without output on stderr", async () => {
    const programs = runnable.map(({ place, program }) => [place, pathToFileURL(program)]);
    const runAll = `
      const { fetch } = globalThis;
      for (const [place, program] of ${JSON.stringify(programs)}) {
        await import(program).catch((error) => console.error(place, error));
        globalThis.fetch = fetch;
      }`;
    const { service, connectionString } = emulator;
    const env = {
      ...process.env,
      COMMUNICATION_CONNECTION_STRING: connectionString,
      COMMUNICATION_ENDPOINT: service.endpoint,
      COMMUNICATION_ACCESS_KEY: service.accessKey,
    };
    const args = ["--input-type=module", "--eval", runAll];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
    expect(stderr).toBe("");
  });
});
