import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEmptyPipeline, createHttpHeaders, type PipelineRequest } from "@azure/core-rest-pipeline";
import { compile, NodeHost } from "@typespec/compiler";
import type { OperationContext } from "../../src/operation/operationContext.js";
import { refuseDiagnostics } from "./diagnostics.js";
import { emit } from "./emit.js";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Returns the files that the emitter generates from a spec in fixtures/. */
export async function emitFixture(name: string): Promise<Map<string, string>> {
  const program = await compile(NodeHost, path(`fixtures/${name}`), { noEmit: true });
  refuseDiagnostics(program.diagnostics);
  return emit(program, { header: "// fixture", imports: path("../../src/operation") });
}

export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "acs-identity-spec-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Imports a generated file together with those that it imports. */
export function importGenerated<Module>(files: ReadonlyMap<string, string>, name: string): Promise<Module> {
  return withFolder(async (folder) => {
    await mkdir(join(folder, "generated"));
    for (const [file, text] of files) await writeFile(join(folder, "generated", file), text);
    return (await import(join(folder, "generated", name))) as Module;
  });
}

/** Creates a context that records each request and returns the same response to all of them. */
export function recordingContext(apiVersion: string, status: number, answer?: unknown): Recording {
  const requests: PipelineRequest[] = [];
  const context: OperationContext = {
    endpoint: new URL("https://library.example"),
    apiVersion,
    allowInsecureConnection: false,
    requestIdHeader: "x-ms-client-request-id",
    pipeline: createEmptyPipeline(),
    httpClient: {
      async sendRequest(request) {
        requests.push(request);
        const bodyAsText = answer === undefined ? "" : JSON.stringify(answer);
        const headers = createHttpHeaders(bodyAsText ? { "Content-Type": "application/json" } : {});
        return { request, status, headers, bodyAsText };
      },
    },
  };
  return { context, requests };
}

export interface Recording {
  readonly context: OperationContext;
  readonly requests: readonly PipelineRequest[];
}
