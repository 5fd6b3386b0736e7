import type { SdkModelType } from "@azure-tools/typespec-client-generator-core";
import { isCurrent, isPreview, type Service, type ServiceOperation, wireName } from "./service.js";
import { docComment, key, list, quote } from "./source.js";
import { refuseRenamed } from "./wireTypes.js";

/** Writes operations.ts: a value for each operation that the client has, with the name of the client's method. */
export function writeOperations(service: Service, imports: string): string {
  const operations = service.operations.filter(({ isForClient }) => isForClient);
  const head = [`import type { Operation } from ${quote(`${imports}/operation.js`)};`];
  const models = modelImports(operations);
  if (models.length > 0) head.push(list("import {", models, '} from "./models.js";'));
  const values = operations.map((operation) => writeOperation(operation, service));
  return `${[head.join("\n"), ...values].join("\n\n")}\n`;
}

function modelImports(operations: readonly ServiceOperation[]): string[] {
  const types = new Set<string>();
  const functions = new Set<string>();
  for (const { body, result } of operations) {
    if (body) types.add(body.name);
    if (result) types.add(result.name);
    if (result) functions.add(`deserialize${result.name}`);
  }
  return [...[...types].sort().map((name) => `type ${name}`), ...[...functions].sort()];
}

function writeOperation(operation: ServiceOperation, service: Service): string {
  const { clientName, method, path, contentType, versions, body, result, statuses, doc } = operation;
  if (body) refuseRenamed(body);
  const parts = path.split(/\{[^}]+\}/).map(quote);
  const members = [`name: ${quote(clientName)}`, `method: ${quote(method)}`, list("path: [", parts, "]", 2)];
  members.push(`contentType: ${contentType && quote(contentType)}`);
  const since = firstVersion(versions);
  members.push(`since: ${since === service.versions[0] ? undefined : quote(since)}`);
  const bodySince = (body?.properties ?? []).flatMap((property) => sinceOf(property, since, service));
  members.push(list("bodySince: {", bodySince, "}", 2));
  members.push(`statuses: [${statuses.join(", ")}]`);
  members.push(`deserialize: ${result && `deserialize${result.name}`}`);
  const type = `Operation<${body?.name ?? "unknown"}, ${result?.name ?? "void"}>`;
  const lines = members.map((member) => `  ${member},\n`).join("");
  return `${docComment(doc)}export const ${clientName}: ${type} = {\n${lines}};`;
}

/** Returns the entry for a member of the body that came later than its operation. Withdrawn members aren't sent. */
function sinceOf(
  property: SdkModelType["properties"][number],
  operationSince: string,
  service: Service,
): string[] {
  const since = firstVersion(property.apiVersions);
  if (since <= operationSince || !isCurrent(property, service)) return [];
  return [`${key(wireName(property))}: ${quote(since)}`];
}

/** Returns the first stable version or, without one, the first preview. */
function firstVersion(versions: readonly string[]): string {
  return versions.find((version) => !isPreview(version)) ?? versions[0] ?? "";
}
