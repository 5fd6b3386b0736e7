import type { ServiceVersion } from "../../generated/apiVersions.js";
import { communicationIdentityTokenScopeVersions } from "../../generated/enumVersions.js";
import type { OperationInput } from "../wire/admission.js";
import { hasMember } from "../wire/apiVersion.js";
import { validationError } from "../wire/httpError.js";
import { boundInteger, boundTexts } from "../wire/requestBody.js";

const minutesPerDay = 1440;

const versionsByScope: ReadonlyMap<string, readonly ServiceVersion[]> = new Map(
  Object.entries(communicationIdentityTokenScopeVersions),
);

/** The members of a token request. Their JSON types are checked before their values. */
export interface BoundTokenRequest {
  readonly scopes: readonly string[] | undefined;
  readonly minutes: number | undefined;
}

/** @throws HttpError 400 if a member has the wrong JSON type. */
export function boundTokenRequest(
  { route, body, version }: OperationInput,
  member: "scopes" | "createTokenWithScopes",
): BoundTokenRequest {
  const known = hasMember(route, "expiresInMinutes", version);
  return {
    scopes: boundTexts(body?.[member], `${member.slice(0, 1).toUpperCase()}${member.slice(1)}`),
    minutes: known ? boundInteger(body?.expiresInMinutes, "ExpiresInMinutes") : undefined,
  };
}

/** Returns the scopes without duplicates. @throws HttpError 400 if there are none, or the version lacks one. */
export function checkedScopes(scopes: readonly string[], version: ServiceVersion): string[] {
  const known = [...versionsByScope].flatMap(([scope, versions]) =>
    versions.includes(version) ? scope : [],
  );
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown === undefined && scopes.length > 0) return [...new Set(scopes)];
  if (unknown === undefined) throw validationError("Invalid scopes - Scopes field is required.", "scopes");
  const message = `Invalid scopes - Scope '${unknown.slice(0, 64)}' is not supported.`;
  throw validationError(message, "scopes", `${version} has the scopes ${known.join(", ")}`);
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
