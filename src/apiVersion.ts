import { apiVersions } from "./generated/apiVersions.js";
import type { Operation, OperationArguments } from "./sendOperation.js";

/** The newest version that recorded traffic shows the live service accepting. */
export const defaultApiVersion = "2023-10-01";

/**
 * The version that a request is sent with: the client's own; or, for an operation that came later, the stable
 * version that introduced it. A version that this library does not know is sent as it is.
 *
 * @throws TypeError when no such version has the operation, or when a member of the body is not in that version.
 */
export function resolveApiVersion(
  operation: Operation<unknown>,
  body: OperationArguments["body"],
  clientVersion: string,
): string {
  if (!contains(apiVersions, clientVersion)) return clientVersion;
  const { versions = apiVersions, bodyVersions = {} } = operation;
  const version = contains(versions, clientVersion)
    ? clientVersion
    : firstStableAfter(versions, clientVersion);
  if (version === undefined) throw needs(operation.name, versions, clientVersion);
  for (const [member, memberVersions] of Object.entries(bodyVersions)) {
    if (body?.[member] !== undefined && !contains(memberVersions, version)) {
      throw needs(member, memberVersions, version);
    }
  }
  return version;
}

/** Versions are dates, so that their order is that of their text. */
function firstStableAfter(versions: readonly string[], version: string): string | undefined {
  return versions.find((candidate) => candidate > version && !candidate.endsWith("-preview"));
}

function contains(versions: readonly string[], version: string): boolean {
  return versions.includes(version);
}

function needs(what: string, versions: readonly string[], version: string): TypeError {
  return new TypeError(
    `${what} needs service version ${versions.join(" or ")}, and this client speaks ${version}. ` +
      `Create the client with { apiVersion: "${versions[0]}" }.`,
  );
}
