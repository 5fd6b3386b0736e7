import { routes } from "../../generated/routes.js";
import { Call, type Endpoint, type Guard } from "./call.js";
import { HttpError } from "./httpError.js";
import {
  ConnectionDroppedError,
  type Header,
  type RequestHead,
  type WireRequest,
  type WireResponse,
} from "./wire.js";

/** One operation: what may reach it, and what it does. */
export interface Row<Context> extends Endpoint {
  /** What it throws becomes a refusal. */
  readonly handle: (context: Context, call: Call) => WireResponse | Promise<WireResponse>;
}

/** Rows whose refusals have the same form. */
export interface Table<Context> {
  /** The start of every path, such as `/_emulator`. A table with one has every path below it. */
  readonly base: string;
  readonly rows: readonly Row<Context>[];
  /** Whether pages of every origin may use it. */
  readonly cors: boolean;
  /** Returns the path to look for. @defaultValue the request's own */
  readonly pathOf?: (context: Context, path: string) => string;
  /** Creates the response to a call that its guard or its row refused, or that no row takes. */
  readonly onError: (context: Context, call: Call, error: unknown) => WireResponse | Promise<WireResponse>;
  /** Logs a call with its response, or without one if the connection is dropped. @defaultValue it isn't logged */
  readonly log?: (context: Context, call: Call, response?: WireResponse) => void;
}

/** A user of the service may have the name of another path instead of an id. */
export function unlessOfUser(_: unknown, path: string): string {
  return path.startsWith("/identities/") ? "" : path;
}

export function withoutOuterSlashes(_: unknown, path: string): string {
  return path.replace(/^\/+/, "/").replace(/\/$/, "");
}

/** What every context has. `settled` resolves when what the program itself changed before is visible. */
interface Settling {
  readonly core: { readonly store: { settled(): Promise<void> } };
}

export interface Application<Context> {
  /** The first one that has a request's path gets it. The last one gets the paths that none has. */
  readonly tables: readonly Table<Context>[];
  /** Each throws an error to refuse a call. */
  readonly guards: Readonly<Record<Guard, (context: Context, call: Call) => void | Promise<void>>>;
}

/**
 * Handles every request, whichever adapter received it: finds its row, asks the row's guard, reads the body, runs the
 * row's handler, lets the table word a refusal, and logs the call.
 * @param givenUp - Aborts when nobody waits for the response anymore.
 * @throws ConnectionDroppedError if a fault asks for it, and ConnectionLostError if the request isn't complete.
 */
export async function dispatch<Context extends Settling>(
  { guards, tables }: Application<Context>,
  context: Context,
  request: WireRequest,
  givenUp?: AbortSignal,
): Promise<WireResponse> {
  await context.core.store.settled();
  const [path = "", ...query] = request.target.split("?");
  const { table, matches } = locate(tables, context, path);
  const match = matches.find(({ row }) => accepts(row, request.method));
  const parameters = new URLSearchParams(query.join("?"));
  const call = new Call(request, match?.row, match?.parameters ?? {}, parameters, givenUp);
  const preflight = table.cors ? preflightResponse(request) : undefined;
  if (preflight) {
    await call.discard();
    return preflight;
  }
  let response: WireResponse;
  try {
    // A stranger mustn't learn from the status 405 that a path exists.
    const guarded = match ?? matches[0];
    if (guarded) await guards[guarded.row.guard](context, call);
    await call.read();
    if (!match) throw matches[0] ? methodNotAllowed(matches, call) : notFound(path);
    response = await match.row.handle(context, call);
  } catch (error) {
    await call.discard();
    if (error instanceof ConnectionDroppedError) {
      call.remarks.push(error.message);
      table.log?.(context, call);
      throw error;
    }
    const { headers = [] } = error instanceof HttpError ? error.options : {};
    response = withHeaders(await table.onError(context, call, error), headers);
  }
  if (table.cors) response = withCors(request, response);
  table.log?.(context, call, response);
  return response;
}

function withHeaders(response: WireResponse, headers: readonly Header[]): WireResponse {
  return { ...response, headers: [...response.headers, ...headers] };
}

interface Match<Context> {
  readonly row: Row<Context>;
  /** The decoded path parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the table of a path, and its rows with this path. */
function locate<Context>(
  tables: Application<Context>["tables"],
  context: Context,
  path: string,
): { table: Table<Context>; matches: readonly Match<Context>[] } {
  let found: { table: Table<Context>; matches: readonly Match<Context>[] } | undefined;
  for (const table of tables) {
    const { base, rows, pathOf = (_, given) => given } = table;
    if (base !== "" && path !== base && !path.startsWith(`${base}/`)) continue;
    const segments = (pathOf(context, path).slice(base.length) || "/").split("/");
    const matches = rows.flatMap((row) => {
      const parameters = matchSegments(row.path.split("/"), segments);
      return parameters ? [{ row, parameters }] : [];
    });
    found = { table, matches };
    if (base !== "" || matches.length > 0) break;
  }
  if (!found) throw new Error("An application needs a table without a base");
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

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function accepts({ method, route }: Endpoint, requested: string): boolean {
  return method === requested || (requested === "HEAD" && method === "GET" && !route);
}

/** Names the methods that the requested version has, or all of them if there is no such version. */
function methodNotAllowed(matches: readonly Match<never>[], { query, request }: Call): HttpError {
  const requested = query.get("api-version");
  const rows = matches.map(({ row }) => row);
  const inVersion = rows.filter(({ route }) => route?.versions.some((version) => version === requested));
  const allow = (inVersion.length > 0 ? inVersion : rows).map(({ method }) => method).join(", ");
  const message = `The endpoint only accepts ${allow} requests. Received a ${request.method} request.`;
  return new HttpError(405, "MethodNotAllowed", message, { headers: [["Allow", allow]] });
}

/** The other services of an ACS resource, with how their paths start. */
const otherServices: Readonly<Record<string, readonly string[]>> = {
  Chat: ["chat"],
  Rooms: ["rooms"],
  SMS: ["sms"],
  Email: ["emails"],
  "Call Automation": ["calling"],
  "Phone Numbers": ["phoneNumbers", "availablePhoneNumbers", "operatorInformation", "sip"],
  "Job Router": ["routing"],
};

function notFound(path: string): HttpError {
  // An action follows a colon, as in `/emails:send`.
  const start = path.split(/[/:]/).find(Boolean) ?? "";
  const [service] = Object.entries(otherServices).find(([, starts]) => starts.includes(start)) ?? [];
  const doubled = path.startsWith("//")
    ? ": it starts with two slashes, because the client's endpoint ends with one. Remove that slash, or run without --strict"
    : "";
  return new HttpError(404, "NotFound", "The requested resource was not found.", {
    diagnosis: service
      ? `This is a path of ${service}, and only identity is emulated: replace the client of ${service} by a mock in tests, or use a real resource for both`
      : `No operation has this path${doubled}`,
  });
}

const corsMethods = [...new Set(routes.map(({ method }) => method))].join(", ");

/**
 * Returns the response to a CORS preflight, or undefined for any other request. Every origin is allowed, because the
 * signature or the secret of a request decides what it may do.
 */
function preflightResponse({ method, headers }: RequestHead): WireResponse | undefined {
  const requestedMethod = headers.get("access-control-request-method");
  if (method !== "OPTIONS" || requestedMethod === undefined) return undefined;
  const cors: Header[] = [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Allow-Methods", corsMethods],
    ["Access-Control-Allow-Headers", headers.get("access-control-request-headers") ?? "*"],
    ["Access-Control-Max-Age", "7200"],
  ];
  if (headers.has("access-control-request-private-network")) {
    cors.push(["Access-Control-Allow-Private-Network", "true"]);
  }
  return { status: 204, headers: cors, chunked: false };
}

/** Lets a page of another origin read the response, including the diagnosis. */
function withCors({ headers }: RequestHead, response: WireResponse): WireResponse {
  if (!headers.has("origin")) return response;
  const names = response.headers.map(([name]) => name).join(", ");
  return withHeaders(response, [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Expose-Headers", names],
  ]);
}
