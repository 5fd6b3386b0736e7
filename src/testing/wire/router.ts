import { type OperationName, type Route, routes } from "../../generated/routes.js";
import { HttpError } from "../httpError.js";
import { bodyMembers } from "./requestBody.js";
import type { WireRequest } from "./wire.js";

/** A request's route and arguments. */
export interface RoutedRequest {
  readonly route: Route;
  /** The operation that the route performs for this body. */
  readonly operation: OperationName;
  /** The decoded path parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The name of the tolerance that the path needed, if any. */
  readonly tolerance?: string;
}

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

const compiledRoutes: readonly CompiledRoute[] = routes.map((route) => ({
  route,
  segments: route.path.split("/"),
}));

/**
 * Finds the route of a request.
 * @param strict - Reject the double slash that an official client sends if its endpoint ends in a slash.
 * @throws HttpError 404 if no operation has the path, 405 if one has it with another method.
 */
export function routeRequest(request: WireRequest, strict: boolean): RoutedRequest {
  const [path = "", query = ""] = splitOnce(request.target, "?");
  const doubled = !strict && path.startsWith("//");
  const segments = (doubled ? path.slice(1) : path).split("/");
  const others: Route[] = [];
  for (const { route, segments: pattern } of compiledRoutes) {
    const parameters = matchSegments(pattern, segments);
    if (parameters && route.method === request.method) {
      const operation = operationOf(route, request);
      const routed = { route, operation, parameters, query: new URLSearchParams(query) };
      return doubled ? { ...routed, tolerance: "js-doubled-slash" } : routed;
    }
    if (parameters) others.push(route);
  }
  throw others.length > 0 ? methodNotAllowed(request.method, methodsOf(others, query)) : notFound(path);
}

/** Returns the methods that the requested version has, or all of them if there is no such version. */
function methodsOf(routes: readonly Route[], query: string): string[] {
  const requested = new URLSearchParams(query).get("api-version");
  const inVersion = routes.filter(({ versions }) => versions.some((version) => version === requested));
  return (inVersion.length > 0 ? inVersion : routes).map(({ method }) => method);
}

/** Creating a user with or without a token is a single route but two client methods. */
function operationOf({ operation, operationWith }: Route, request: WireRequest): OperationName {
  if (!operationWith) return operation;
  const members = bodyMembers(request);
  const isSent = ([name]: [string, OperationName]) => (members[name] ?? undefined) !== undefined;
  return Object.entries(operationWith).find(isSent)?.[1] ?? operation;
}

/** Turns `http://host/path`, which a proxy may send, into `/path`. */
export function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, "");
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

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function notFound(path: string): HttpError {
  const doubled = path.startsWith("//")
    ? ": it starts with two slashes, because the client's endpoint ends with one. Remove that slash, or run without --strict"
    : "";
  return new HttpError(404, "NotFound", "The requested resource was not found.", {
    diagnosis: `No operation has this path${doubled}`,
  });
}

function methodNotAllowed(method: string, allowed: readonly string[]): HttpError {
  return new HttpError(405, "MethodNotAllowed", `The resource does not support the method ${method}.`, {
    diagnosis: `The path supports the methods ${allowed.join(", ")}`,
    headers: [["Allow", allowed.join(", ")]],
  });
}
