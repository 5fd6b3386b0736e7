import { argumentError } from "../errors.js";
import { newestApiVersion } from "../generated/apiVersions.js";
import type { Operation, OperationArguments, OperationContext, VersionRange } from "./operation.js";

/** The newest version that the live service accepts in recorded traffic. */
export const defaultApiVersion = "2023-10-01";

/**
 * Chooses the version that a request is sent with: the client's own or, for an operation that was added later, the
 * stable version that introduced it. A version that is newer than this library is sent as it is.
 *
 * @throws TypeError if no such version has the operation, or if that version lacks a member of the body.
 */
export function resolveApiVersion(
  { versions, bodyVersions = {} }: Operation<unknown>,
  body: OperationArguments["body"],
  { methodName, client: { apiVersion: clientVersion } }: OperationContext,
): string {
  if (clientVersion > newestApiVersion) return clientVersion;
  let version = clientVersion;
  if (versions && !isIn(versions, version)) {
    version = versions.stable ?? versions.since;
    if (clientVersion > version || version.endsWith("-preview"))
      throw needs(methodName, versions, clientVersion);
  }
  for (const [member, range] of Object.entries(bodyVersions)) {
    if ((body as Record<string, unknown>)?.[member] !== undefined && !isIn(range, version))
      throw needs(member, range, version);
  }
  return version;
}

function isIn({ since, until }: VersionRange, version: string): boolean {
  return version >= since && !(until && version >= until);
}

function needs(what: string, { since, until }: VersionRange, version: string): TypeError {
  return argumentError(
    `${what} needs apiVersion "${since}"${until ? "" : " or later"}; this client has "${version}".`,
  );
}
