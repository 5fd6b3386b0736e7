import type { Row, Table } from "./table.js";
import type { RequestHead } from "./wire.js";

interface Match<Context> {
  readonly row: Row<Context>;
  /** The decoded path parameters, by name. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Where a request belongs. */
export interface Located<Context> {
  readonly table: Table<Context>;
  /** The rows with its path, whatever their method. */
  readonly rows: readonly Row<Context>[];
  /** The one of them with its method. */
  readonly match: Match<Context> | undefined;
}

/** Finds the table and the row of a request. */
export function locate<Context>(
  tables: readonly Table<Context>[],
  context: Context,
  { target, method }: RequestHead,
): Located<Context> {
  const [path = ""] = target.split("?");
  let found: Located<Context> | undefined;
  for (const table of tables) {
    const { base, rewritePath = (_, given) => given } = table;
    if (base !== "" && path !== base && !path.startsWith(`${base}/`)) continue;
    const segments = (rewritePath(context, path).slice(base.length) || "/").split("/");
    const matches = table.rows.flatMap((row) => {
      const pathParameters = matchSegments(row.path.split("/"), segments);
      return pathParameters ? [{ row, pathParameters }] : [];
    });
    const match = matches.find(({ row }) => accepts(row, method));
    found = { table, rows: matches.map(({ row }) => row), match };
    if (base !== "" || matches.length > 0) break;
  }
  if (!found) throw new Error("A routing needs a table without a base");
  return found;
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = decodeSegment(segments[index] ?? "");
    if (expected.startsWith("{")) {
      if (!segment) return undefined;
      parameters[expected.slice(1, -1)] = segment;
    } else if (segment !== expected) {
      return undefined;
    }
  }
  return parameters;
}

export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function accepts({ method, route }: Pick<Row<never>, "method" | "route">, requested: string): boolean {
  return method === requested || (requested === "HEAD" && method === "GET" && !route);
}
