import { type ApiVersion, apiVersions } from "../../generated/apiVersions.js";
import { type Route, routes } from "../../generated/routes.js";
import { ServiceError } from "../serviceError.js";
import type { RoutedRequest } from "./router.js";
import type { WireRequest } from "./wire.js";

/** The version that a request is answered by. */
export interface AnsweredVersion {
  readonly version: ApiVersion;
  /** Said when it is not the version that was asked for. */
  readonly warning?: string;
}

/**
 * The version that a request asks for.
 * @param loose - Take any version, and treat an unknown one as the newest that has the operation.
 * @throws ServiceError 400 when the version is missing, given twice, or does not have the operation.
 */
export function requestedVersion(
  request: WireRequest,
  { route, query }: RoutedRequest,
  loose: boolean,
): AnsweredVersion {
  const all = query.getAll("api-version");
  const [requested, second] = all;
  const version = route.versions.find((known) => known === requested);
  if (version && second === undefined) return { version };
  const newest = route.versions.at(-1);
  if (loose && newest) {
    return {
      version: newest,
      warning: `${requested ? `api-version ${all.join(", ")}` : "No api-version"} was answered as ${newest}, because the service is loose`,
    };
  }
  if (!requested) {
    throw versionError("ApiVersionUnspecified", "An API version is required, but was not specified.", route);
  }
  if (second !== undefined) {
    throw versionError(
      "AmbiguousApiVersion",
      `Several API versions were requested: ${requested}, ${second}.`,
      route,
    );
  }
  const [path] = request.target.split("?");
  throw versionError(
    "UnsupportedApiVersion",
    `The HTTP resource that matches the request URI '${request.scheme}://${request.host}${path}' does not support the API version '${requested}'.`,
    route,
  );
}

/** Whether the version has this member of the body. */
export function hasMember(route: Route, member: string, version: ApiVersion): boolean {
  return route.bodyVersions[member]?.includes(version) ?? true;
}

/**
 * The value of `api-supported-versions`: those that the controller of the operation has. Operations with the
 * same first path segment share a controller, as the recorded lists of identities and Teams users show.
 */
export function supportedVersions(route: Route): string {
  let versions = announced.get(route);
  if (versions === undefined) {
    const controller = controllerOf(route);
    const ofController = routes.filter((other) => controllerOf(other) === controller);
    versions = apiVersions
      .filter((version) => ofController.some((other) => other.versions.includes(version)))
      .join(", ");
    announced.set(route, versions);
  }
  return versions;
}

const announced = new Map<Route, string>();

function controllerOf(route: Route): string {
  const [, first = "", second = ""] = route.path.split("/");
  return first === "access" ? `${first}/${second}` : first;
}

function versionError(code: string, message: string, route: Route): ServiceError {
  return new ServiceError(400, code, message, {
    announcesVersions: true,
    diagnosis: `${route.operation} exists in ${route.versions.join(", ")}`,
  });
}
