import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { startEmulator } from "acs-identity/emulator";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, root, textOf } from "./documents.js";
import { readSnippets, withPrelude } from "./snippets.js";

const folder = `${root}/test-results/snippets`;
const files = documents
  .flatMap((path) => readSnippets(path, textOf(path)))
  .map((snippet, index) => ({ ...snippet, path: `${folder}/snippet${index}.ts` }));
const runnable = files.filter(({ runs }) => runs);

describe("the documentation's snippets", () => {
  let emulator: Awaited<ReturnType<typeof startEmulator>>;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { path, code } of files) writeFileSync(path, withPrelude(code));
    emulator = await startEmulator({ port: 0 });
  });

  afterAll(() => emulator.close());

  it("compile", { timeout: 60_000 }, () => {
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

  it.concurrent.each(runnable)("run: $place", { timeout: 60_000 }, async ({ path }) => {
    const { service, connectionString } = emulator;
    const env = {
      ...process.env,
      COMMUNICATION_CONNECTION_STRING: connectionString,
      COMMUNICATION_ENDPOINT: service.endpoint,
      COMMUNICATION_ACCESS_KEY: service.accessKey,
    };
    const { stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", path], {
      cwd: root,
      env,
    });
    expect(stderr).toBe("");
  });
});
