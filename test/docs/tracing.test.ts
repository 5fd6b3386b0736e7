// Loads the manual's block for OpenTelemetry before an app. It isn't enough that the block runs: without its hook, no
// span is created and there's no error.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { blocksOf, root } from "./documents.js";

const folder = `${root}/test-results/tracing`;

const app = `
  trace.setGlobalTracerProvider(new BasicTracerProvider({
    spanProcessors: [{ onStart() {}, onEnd: ({ name }) => console.log(name), forceFlush() {}, shutdown() {} }],
  }));
  const service = createFakeIdentityService();
  new CommunicationIdentityClient(service.connectionString, { httpClient: service.httpClient }).createUser();`;

const imports = `
  import { trace } from "@opentelemetry/api";
  import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
  import { CommunicationIdentityClient } from "acs-identity";
  import { createFakeIdentityService } from "acs-identity/testing";`;

/** Converts code to CommonJS, which needs no hook according to the manual. */
function asCommonJs(code: string): string {
  return code
    .replace(/^register\(.*$/m, "")
    .replace(/^\s*import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
}

async function run(...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  // Node 26 warns about `register`, but Node 20 has no alternative.
  expect(stderr.replace(/^\(.*(?:DEP0205|trace-deprecation).*\n/gm, "")).toBe("");
  return stdout.trim().split("\n");
}

const spans = ["HTTP POST", "CommunicationIdentityClient.createUser"];

beforeAll(() => {
  const [block = ""] = blocksOf("docs/client.md", "ts").filter((code) =>
    code.includes("registerInstrumentations"),
  );
  expect(block).toContain("node --import ./tracing.js app.js");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/tracing.mjs`, block);
  writeFileSync(`${folder}/app.mjs`, imports + app);
  writeFileSync(`${folder}/tracing.cjs`, asCommonJs(block));
  writeFileSync(`${folder}/app.cjs`, asCommonJs(imports) + app);
});

it("the manual's tracing creates spans in an ES module", async () => {
  expect(await run("--import", "./tracing.mjs", "app.mjs")).toEqual(spans);
});

it("the manual's tracing creates spans in CommonJS, without the hook", async () => {
  expect(await run("--require", "./tracing.cjs", "app.cjs")).toEqual(spans);
});
