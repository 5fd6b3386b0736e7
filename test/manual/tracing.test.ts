// Loads the manual's blocks for OpenTelemetry before an app. It isn't enough that they run: without the right hook, no
// span is created and there's no error.
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { codeBlocks, root } from "../helpers/documents.js";
import { requireTools } from "../helpers/tools.js";

const app = `
  import { CommunicationIdentityClient } from "acs-identity";
  import { createFakeIdentityService } from "acs-identity/testing";
  const service = createFakeIdentityService();
  new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient }).createUser();`;

/** Converts code to CommonJS, which needs no hook according to the manual. */
function asCommonJs(code: string): string {
  return code
    .replace(/^register\(.*$/m, "")
    .replace(/^\s*import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
}

// Azure's instrumentation brings its own copy of another version than apps install today.
describe.each([
  ["the version of Azure's instrumentation", undefined],
  ["today's version", "@opentelemetry/instrumentation"],
])("the manual's tracing, with %s of @opentelemetry/instrumentation", (_version, installed) => {
  const folder = `${root}/test-results/tracing/${installed ? "today" : "azure"}`;

  async function spansOf(...args: string[]): Promise<string[]> {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    // Node 26 warns about `register`, but Node 20 has no alternative.
    expect(stderr.replace(/^\(.*(?:DEP0205|trace-deprecation).*\n/gm, "")).toBe("");
    return stdout.match(/(?<=^ {2}name: ').*(?=')/gm) ?? [];
  }

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(`${folder}/node_modules/@opentelemetry`, { recursive: true });
    if (installed) {
      const tools = await requireTools(new URL("../helpers/tools/", import.meta.url));
      const path = dirname(tools.resolve(`${installed}/package.json`));
      symlinkSync(path, `${folder}/node_modules/${installed}`, "junction");
    }
    const blocks = codeBlocks("docs/operating.md", "js");
    const programs = {
      tracing: blocks.find((code) => code.includes("registerInstrumentations")) ?? "",
      exporter: blocks.find((code) => code.includes("setGlobalTracerProvider")) ?? "",
      app,
    };
    expect(programs.tracing).toContain("node --import ./tracing.mjs --import ./exporter.mjs app.mjs");
    for (const [name, code] of Object.entries(programs)) {
      writeFileSync(`${folder}/${name}.mjs`, code);
      writeFileSync(`${folder}/${name}.cjs`, asCommonJs(code));
    }
  });

  const spans = ["HTTP POST", "CommunicationIdentityClient.createUser"];

  it("creates spans in an ES module", async () => {
    expect(await spansOf("--import", "./tracing.mjs", "--import", "./exporter.mjs", "app.mjs")).toEqual(
      spans,
    );
  });

  it("creates spans in a CommonJS program that starts with the same files", async () => {
    expect(await spansOf("--import", "./tracing.mjs", "--import", "./exporter.mjs", "app.cjs")).toEqual(
      spans,
    );
  });

  it("creates spans in CommonJS, without the hook", async () => {
    expect(await spansOf("--require", "./tracing.cjs", "--require", "./exporter.cjs", "app.cjs")).toEqual(
      spans,
    );
  });
});
