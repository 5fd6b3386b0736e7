import { createSdkContext } from "@azure-tools/typespec-client-generator-core";
import type { EmitContext, Program } from "@typespec/compiler";
import { refuseDiagnostics } from "./diagnostics.js";
import { writeEnumVersions } from "./enumVersionsFile.js";
import { writeIdSegments } from "./idSegmentsFile.js";
import { writeModels } from "./modelsFile.js";
import { writeOperations } from "./operationsFile.js";
import { writeRoutes } from "./routesFile.js";
import { isPreview, readService } from "./service.js";
import { list, quote } from "./source.js";

export interface EmitOptions {
  /** The comment at the start of each file. */
  readonly header: string;
  /** Where the generated files find wireReaders.js and operation.js. */
  readonly imports: string;
}

/** Returns the generated files of the client and the fake, by name. */
export async function emit(program: Program, options: EmitOptions): Promise<Map<string, string>> {
  // "all" keeps what later versions removed. Without it, TCGC includes only what the latest version has.
  const emitContext = { program, emitterOutputDir: "", options: { "api-version": "all" } } as unknown;
  const context = await createSdkContext(emitContext as EmitContext, "acs-identity");
  refuseDiagnostics(context.diagnostics);
  const service = readService(context);
  const files = {
    "apiVersions.ts": writeApiVersions(service.versions),
    "enumVersions.ts": writeEnumVersions(service),
    "idSegments.ts": writeIdSegments(service),
    "models.ts": writeModels(service, options.imports),
    "operations.ts": writeOperations(service, options.imports),
    "routes.ts": writeRoutes(service),
  };
  return new Map(Object.entries(files).map(([name, text]) => [name, `${options.header}\n${text}`]));
}

function writeApiVersions(versions: readonly string[]): string {
  const unionOf = (members: readonly string[]) => members.map((member) => `\n  | ${member}`).join("");
  const previews = versions.filter(isPreview).map(quote);
  const stable = versions.filter((version) => !isPreview(version)).map(quote);
  return `/** A stable version of the service's API that this package knows. */
export type ApiVersion =${unionOf(stable)};

/** A version that the specification describes, previews included. */
export type ServiceVersion = ${["ApiVersion", ...previews].join(" | ")};

/** All of them, oldest first. */
${list("export const serviceVersions: readonly ServiceVersion[] = [", versions.map(quote), "];")}

export const newestApiVersion: ApiVersion = ${quote(versions.at(-1) ?? "")};
`;
}
