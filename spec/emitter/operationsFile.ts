import type { Service, ServiceOperation } from "./service.js";
import { docComment, key, list, quote } from "./source.js";
import { writeVersionRange } from "./versionRange.js";
import { needsSerializer } from "./wireTypes.js";

/** Writes operations.ts: for each operation that the client has, its description and a function that sends it. */
export function writeOperations(service: Service, imports: string): string {
  const operations = service.operations.filter(({ isForClient }) => isForClient);
  const blocks = operations.flatMap((operation) => [
    writeDescription(operation, service.versions),
    writeFunction(operation),
  ]);
  const head = ['import type { OperationOptions } from "@azure/core-client";'];
  head.push(`import type { Operation, OperationContext } from ${quote(`${imports}/operation.js`)};`);
  head.push(`import { sendOperation } from ${quote(`${imports}/sendOperation.js`)};`);
  const models = modelImports(operations);
  if (models.length > 0) head.push(list("import {", models, '} from "./models.js";'));
  return `${[head.join("\n"), ...blocks].join("\n\n")}\n`;
}

function modelImports(operations: readonly ServiceOperation[]): string[] {
  const types = new Set<string>();
  const functions = new Set<string>();
  for (const { body, result } of operations) {
    if (body) types.add(body.model.name);
    if (body && needsSerializer(body.model)) functions.add(`serialize${body.model.name}`);
    if (result) types.add(result.name);
    if (result) functions.add(`deserialize${result.name}`);
  }
  return [...[...types].sort().map((name) => `type ${name}`), ...[...functions].sort()];
}

const resultType = ({ result }: ServiceOperation): string => result?.name ?? "void";

function writeDescription(operation: ServiceOperation, all: readonly string[]): string {
  const parts = operation.path.split(/\{[^}]+\}/).map(quote);
  const members = [`method: ${quote(operation.method)}`, list("path: [", parts, "]", 2)];
  if (operation.contentType) members.push(`contentType: ${quote(operation.contentType)}`);
  if (operation.versions.length < all.length) {
    members.push(`versions: ${writeVersionRange(operation.versions, all)}`);
  }
  const bodyVersions = [...operation.bodyVersions].map(
    ([name, versions]) => `${key(name)}: ${writeVersionRange(versions, all)}`,
  );
  if (bodyVersions.length > 0) members.push(list("bodyVersions: {", bodyVersions, "}", 2));
  if (operation.result) members.push(`deserialize: deserialize${operation.result.name}`);
  const type = `Operation<${resultType(operation)}>`;
  const lines = members.map((member) => `  ${member},\n`).join("");
  return `export const ${operation.name}Operation: ${type} = {\n${lines}};`;
}

function writeFunction(operation: ServiceOperation): string {
  const { body, pathArguments } = operation;
  const parameters = ["context: OperationContext", ...pathArguments.map((name) => `${name}: string`)];
  const args: string[] = [];
  if (pathArguments.length > 0) args.push(`path: [${pathArguments.join(", ")}]`);
  if (body) {
    parameters.push(`body: ${body.model.name}${body.optional ? " | undefined" : ""}`);
    const serialized = `body: ${body.optional ? "body && " : ""}serialize${body.model.name}(body)`;
    args.push(needsSerializer(body.model) ? serialized : "body");
  }
  parameters.push("options: OperationOptions");
  const head = list(
    `export function ${operation.name}(`,
    parameters,
    `): Promise<${resultType(operation)}> {`,
  );
  const call = ["context", `${operation.name}Operation`, list("{", args, "}", 4), "options"];
  return `${docComment(operation.doc)}${head}\n  ${list("return sendOperation(", call, ");", 2)}\n}`;
}
