import type { ApiVersion } from "../../generated/apiVersions.js";
import { communicationIdentityTokenScopeVersions } from "../../generated/enumVersions.js";
import { hasMember } from "../wire/apiVersion.js";
import type { OperationCall } from "../wire/call.js";
import { validationError } from "../wire/httpError.js";
import { boundInteger, boundTexts } from "../wire/requestBody.js";

const minutesPerDay = 1440;

const versionsOf: ReadonlyMap<string, readonly ApiVersion[]> = new Map(
  Object.entries(communicationIdentityTokenScopeVersions),
);

/** The members of a token request. Their JSON types are checked before their values. */
export interface BoundTokenRequest {
  readonly scopes: readonly string[] | undefined;
  readonly minutes: number | undefined;
}

/** @throws HttpError 400 if a member has the wrong JSON type. */
export function boundTokenRequest(
  { route, body, version }: OperationCall,
  member: "scopes" | "createTokenWithScopes",
): BoundTokenRequest {
  const known = hasMember(route, "expiresInMinutes", version);
  return {
    scopes: boundTexts(body?.[member], `${member.slice(0, 1).toUpperCase()}${member.slice(1)}`),
    minutes: known ? boundInteger(body?.expiresInMinutes, "ExpiresInMinutes") : undefined,
  };
}

/** Returns the scopes without duplicates. @throws HttpError 400 if there are none, or the version lacks one. */
export function checkedScopes(scopes: readonly string[], version: ApiVersion): string[] {
  if (scopes.length === 0) throw validationError("Invalid scopes - Scopes field is required.", "scopes");
  for (const scope of scopes) checkScope(scope, version);
  return [...new Set(scopes)];
}

/** Returns a token's lifetime in minutes, by default a day. @throws HttpError 400 outside 60 to 1440. */
export function checkedMinutes(minutes: number = minutesPerDay): number {
  if (minutes < 60 || minutes > minutesPerDay) {
    throw validationError(
      `ExpiresInMinutes value ${minutes} is invalid. Value must be within the [60, 1440] interval.`,
      "ExpiresInMinutes",
    );
  }
  return minutes;
}

function checkScope(scope: string, version: ApiVersion): void {
  if (versionsOf.get(scope)?.includes(version)) return;
  const known = [...versionsOf].filter(([, versions]) => versions.includes(version));
  throw validationError(
    `Invalid scopes - Scope '${scope.slice(0, 64)}' is not supported.`,
    "scopes",
    `${version} has the scopes ${known.map(([name]) => name).join(", ")}`,
  );
}
