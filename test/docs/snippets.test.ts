import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { startEmulator } from "acs-identity/emulator";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, root, textOf } from "./documents.js";
import { readSnippets, withPrelude } from "./snippets.js";

const folder = `${root}/test-results/snippets`;
const files = documents
  .flatMap((path) => readSnippets(path, textOf(path)))
  .map((snippet, index) => ({
    ...snippet,
    path: `${folder}/snippet${index}.ts`,
    // Inside the repository, `acs-identity` is the built package.
    program: `${folder}/snippet${index}.mjs`,
  }));
const runnable = files.filter(({ runs }) => runs);

describe("the documentation's snippets", () => {
  let emulator: Awaited<ReturnType<typeof startEmulator>>;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(`${folder}/node_modules/@azure`, { recursive: true });
    // Apps install the newest one, whereas the lockfile has the one that the official package needs.
    symlinkSync(
      `${root}/node_modules/communication-common-2.5`,
      `${folder}/node_modules/@azure/communication-common`,
      "junction",
    );
    for (const { path, program, code } of files) {
      const text = withPrelude(code);
      writeFileSync(path, text);
      writeFileSync(
        program,
        ts.transpile(text, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }),
      );
    }
    emulator = await startEmulator({ port: 0 });
  });

  afterAll(() => emulator.close());

  it("compile", () => {
    const config = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
    const program = ts.createProgram(
      files.map(({ path }) => path),
      { ...options, noEmit: true, isolatedDeclarations: false, declaration: false },
    );
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const place = files.find(({ path }) => path === file?.fileName)?.place ?? file?.fileName;
      return `${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    expect(problems).toEqual([]);
  });

  it.concurrent.each(runnable)("run: $place", async ({ program }) => {
    const { service, connectionString } = emulator;
    const env = {
      ...process.env,
      COMMUNICATION_CONNECTION_STRING: connectionString,
      COMMUNICATION_ENDPOINT: service.endpoint,
      COMMUNICATION_ACCESS_KEY: service.accessKey,
    };
    const { stderr } = await promisify(execFile)(process.execPath, [program], {
      cwd: root,
      env,
    });
    expect(stderr).toBe("");
  });
});
