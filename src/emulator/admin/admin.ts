import { check } from "../../testing/check.js";
import { checkMembers } from "../../testing/checkMembers.js";
import type { FakeIdentityService } from "../../testing/fakeIdentityService.js";
import { bodyLimitInBytes } from "../../testing/handleRequest.js";
import { HttpError } from "../../testing/httpError.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import { NotSavedError } from "../../testing/state/notSavedError.js";
import { utf8Decode } from "../../testing/wire/bytes.js";
import type { JsonObject } from "../../testing/wire/requestBody.js";
import { jsonType, textResponse } from "../../testing/wire/response.js";
import type { WireRequest, WireResponse } from "../../testing/wire/wire.js";
import { entraRoutes } from "../entra/entraRoutes.js";
import { adminRefusal } from "./access.js";
import { type AdminAnswer, AdminError, type AdminRoute, checkLength, read } from "./adminRoute.js";
import { controlRoutes } from "./control.js";
import { tokenRoutes } from "./tokens.js";
import { userRoutes } from "./users.js";

/** The admin API's base path. */
const rootPath = "/_emulator";

const healthPath = "/health";

const routes: readonly AdminRoute[] = [
  read("/", listRoutes),
  read(healthPath, () => ({ status: "ok" })),
  ...controlRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...entraRoutes,
];

export interface AdminContext {
  readonly core: ServiceCore;
  readonly service: FakeIdentityService;
  /** The host that the emulator was told to listen on. */
  readonly ownHost: string;
}

/** Answers a request below `/_emulator`, or returns undefined for any other. */
export async function adminResponse(
  context: AdminContext,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const [path = "", query = ""] = request.target.split("?", 2);
  if (path !== rootPath && !path.startsWith(`${rootPath}/`)) return undefined;
  try {
    return jsonResponse(
      await run(context, request, path.slice(rootPath.length) || "/", new URLSearchParams(query)),
    );
  } catch (error) {
    const { status, code = "Refused", ...rest } = refusal(error);
    return jsonResponse({ status, body: { error: { code, ...rest } } });
  }
}

async function run(
  { core, service, ownHost }: AdminContext,
  request: WireRequest,
  path: string,
  query: URLSearchParams,
): Promise<AdminAnswer> {
  // Node omits the body of a response to HEAD.
  const method = request.method === "HEAD" ? "GET" : request.method;
  // Health reveals nothing, and health probes of containers may use any host name.
  const refused = path === healthPath ? undefined : adminRefusal(request, ownHost);
  if (refused) throw new AdminError(403, refused);
  const { route, parameters } = findRoute(method, path);
  checkQuery(query, Object.keys(route.query ?? {}));
  const body = readJson(request.body, route.limitInBytes);
  if (route.body) checkMembers(body, Object.keys(route.body), "The body");
  return route.run({ core, service, parameters, query, body });
}

function checkQuery(query: URLSearchParams, known: readonly string[]): void {
  const isKnown = [...query.keys()].every((name) => known.includes(name));
  check(isKnown, `Unknown query parameter: this route takes ${known.join(", ") || "none"}`);
}

function listRoutes(): object {
  return { routes: routes.map((route) => ({ ...route, path: rootPath + route.path })) };
}

function findRoute(method: string, path: string): { route: AdminRoute; parameters: Record<string, string> } {
  let known = false;
  for (const route of routes) {
    const parameters = match(route.path, path);
    if (parameters && route.method === method) return { route, parameters };
    known ||= parameters !== undefined;
  }
  throw known
    ? new AdminError(405, `${path} doesn't support ${method}`)
    : new AdminError(404, `There is no ${rootPath}${path}`);
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split("/");
  const segments = path.split("/");
  if (expected.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{")) parameters[part.slice(1, -1)] = decodeURIComponent(segment);
    else if (part !== segment) return undefined;
  }
  return parameters;
}

function readJson(bytes: Uint8Array, limitInBytes: number = bodyLimitInBytes): JsonObject {
  checkLength(bytes, limitInBytes);
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(utf8Decode(bytes));
  } catch {
    throw new TypeError("The body isn't JSON");
  }
  check(typeof value === "object" && value && !Array.isArray(value), "The body isn't a JSON object");
  return value as JsonObject;
}

interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly message: string;
  readonly diagnosis?: string | undefined;
  readonly topic?: string;
}

function refusal(error: unknown): Refusal {
  if (error instanceof HttpError) {
    const { status, code, message, topic } = error;
    return { status, code, message, diagnosis: error.options.diagnosis, topic };
  }
  if (error instanceof AdminError) return { status: error.status, message: error.message };
  if (error instanceof NotSavedError) return { status: 500, code: "NotSaved", message: error.message };
  const isRefusal = [TypeError, RangeError, URIError].some((type) => error instanceof type);
  if (isRefusal) return { status: 400, message: (error as Error).message };
  return { status: 500, code: "InternalError", message: error instanceof Error ? error.message : "unknown" };
}

function jsonResponse({ status, body }: AdminAnswer): WireResponse {
  const headers = [
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
  ] as const;
  if (body === undefined) return { status, headers, chunked: false };
  return textResponse(status, jsonType, typeof body === "string" ? body : JSON.stringify(body), headers);
}
