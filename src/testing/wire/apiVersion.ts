import type { ServiceVersion } from "../../generated/apiVersions.js";
import type { OperationName, Route } from "../../generated/routes.js";
import { HttpError } from "./httpError.js";
import type { RequestHead } from "./wire.js";

export interface HandledVersion {
  readonly version: ServiceVersion;
  /** Present if it isn't the requested version. */
  readonly warning?: string;
}

interface AskedOperation {
  readonly route: Route;
  readonly operation: OperationName;
  readonly query: URLSearchParams;
}

/**
 * Returns the version that a request asks for.
 * @param isLoose - Accept any version, and treat an unknown or missing one as the newest that has the operation.
 * @throws HttpError 400 if the version is missing, given twice, or doesn't have the operation.
 */
export function requestedVersion(
  request: RequestHead,
  asked: AskedOperation,
  isLoose: boolean,
): HandledVersion {
  const { route, query } = asked;
  const all = query.getAll("api-version");
  const [requested, second] = all;
  const version = route.versions.find((known) => known === requested);
  if (version && second === undefined) return { version };
  const newest = route.versions.at(-1);
  if (isLoose && newest) {
    return {
      version: newest,
      warning: `${requested ? `api-version ${all.join(", ")}` : "No api-version"} was treated as ${newest}, because the service is loose`,
    };
  }
  if (!requested) {
    throw versionError("ApiVersionUnspecified", "An API version is required, but was not specified.", asked);
  }
  if (second !== undefined) {
    throw versionError(
      "AmbiguousApiVersion",
      `Several API versions were requested: ${requested}, ${second}.`,
      asked,
    );
  }
  const [path] = request.target.split("?");
  throw versionError(
    "UnsupportedApiVersion",
    `The HTTP resource that matches the request URI '${request.scheme}://${request.host}${path}' does not support the API version '${requested}'.`,
    asked,
  );
}

/** Returns whether the version has this member of the body. */
export function hasMember(route: Route, member: string, version: ServiceVersion): boolean {
  return route.bodyVersions[member]?.includes(version) ?? true;
}

function versionError(code: string, message: string, { route, operation }: AskedOperation): HttpError {
  return new HttpError(400, code, message, {
    announcesVersions: true,
    diagnosis: `${operation} exists in ${route.versions.join(", ")}`,
  });
}
