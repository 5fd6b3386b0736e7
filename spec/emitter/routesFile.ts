import type { Service, ServiceOperation } from "./service.js";
import { key, list, quote } from "./source.js";
import { VersionSets } from "./versionSets.js";

/** routes.ts: the operations as a server sees them. */
export function writeRoutes(service: Service): string {
  const sets = new VersionSets(service.versions);
  const entries = service.operations.map((operation) => {
    const versions = sets.isAll(operation.versions) ? "apiVersions" : sets.name(operation.versions);
    return `  {
    operation: ${quote(operation.name)},
    method: ${quote(operation.method)},
    path: ${quote(operation.path)},
    versions: ${versions},
    ${writeBodyVersions(operation, sets)},
  },
`;
  });
  const anyInAll = service.operations.some((operation) => sets.isAll(operation.versions));
  const blocks = [
    anyInAll
      ? 'import { type ApiVersion, apiVersions } from "./apiVersions.js";'
      : 'import type { ApiVersion } from "./apiVersions.js";',
    `/** What a request asks of the service, in all its versions together. Each is one method and path. */
export type OperationName =\n${service.operations.map(({ name }) => `  | ${quote(name)}`).join("\n")};`,
    `export interface Route {
  readonly operation: OperationName;
  readonly method: string;
  /** With one placeholder per path argument: "/identities/{id}". */
  readonly path: string;
  /** The versions that have the operation. */
  readonly versions: readonly ApiVersion[];
  /** The versions of those body members that not every one of \`versions\` has. */
  readonly bodyVersions: Readonly<Record<string, readonly ApiVersion[]>>;
}`,
    ...sets.declarations(),
    `export const routes: readonly Route[] = [\n${entries.join("")}];`,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function writeBodyVersions(operation: ServiceOperation, sets: VersionSets): string {
  const entries = [...operation.bodyVersions].map(
    ([name, versions]) => `${key(name)}: ${sets.name(versions)}`,
  );
  return list("bodyVersions: {", entries, "}", 4);
}
