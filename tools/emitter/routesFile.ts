import type { Service, ServiceOperation } from "./service.js";
import { key, list, quote } from "./source.js";
import { VersionSets } from "./versionSets.js";

/** Writes routes.ts: the operations as a server sees them. */
export function writeRoutes({ versions: all, operations }: Service): string {
  const sets = new VersionSets(all);
  const routes = operations.map((operation) => {
    const { clientName, clientNamesWith, method, path, contentType, versions, bodyVersions, rateLimit } =
      operation;
    const members = [`operation: ${quote(clientName)}`];
    const namesWith = [...clientNamesWith].map(([member, name]) => `${key(member)}: ${quote(name)}`);
    if (namesWith.length > 0) members.push(list("operationWith: {", namesWith, "}", 4));
    members.push(`method: ${quote(method)}`, `path: ${quote(path)}`);
    if (contentType && contentType !== "application/json") members.push(`contentType: ${quote(contentType)}`);
    members.push(`versions: ${sets.name(versions)}`);
    members.push(`announcedVersions: ${sets.name(announcedVersions(operation, operations, all))}`);
    const newMembers = [...bodyVersions].map(([name, has]) => `${key(name)}: ${sets.name(has)}`);
    members.push(list("bodyVersions: {", newMembers, "}", 4));
    if (rateLimit)
      members.push(`rateLimit: { requests: ${rateLimit.requests}, seconds: ${rateLimit.seconds} }`);
    return `  {\n${members.map((member) => `    ${member},\n`).join("")}  },\n`;
  });
  const names = operations.flatMap(({ clientName, clientNamesWith }) => [
    clientName,
    ...clientNamesWith.values(),
  ]);
  const blocks = [
    sets.importLine(),
    `/** What a request asks of the service: the method of the client that sends it, or would send it if it had one. */
export type OperationName =\n${names.map((name) => `  | ${quote(name)}`).join("\n")};`,
    `/** An operation in all its versions together: one method and path. */
export interface Route {
  readonly operation: OperationName;
  /** What it is called instead when its body has this member. */
  readonly operationWith?: Readonly<Record<string, OperationName>>;
  /** As HTTP spells it. */
  readonly method: string;
  /** With one placeholder per path argument: "/identities/{id}". */
  readonly path: string;
  /** The type of the body. Absent for JSON. */
  readonly contentType?: string;
  /** The versions that have the operation. */
  readonly versions: readonly ServiceVersion[];
  /** The versions that the service announces with its response, which related operations share. */
  readonly announcedVersions: readonly ServiceVersion[];
  /** The versions of those body members that not every one of \`versions\` has. */
  readonly bodyVersions: Readonly<Record<string, readonly ServiceVersion[]>>;
  /** The rate limit: how many requests the service accepts in how many seconds. */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number };
}`,
    ...sets.declarations(),
    `export const routes: readonly Route[] = [\n${routes.join("")}];`,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function announcedVersions(
  { tag }: ServiceOperation,
  operations: readonly ServiceOperation[],
  all: readonly string[],
): readonly string[] {
  const related = operations.filter((operation) => operation.tag === tag);
  return all.filter((version) => related.some(({ versions }) => versions.includes(version)));
}
