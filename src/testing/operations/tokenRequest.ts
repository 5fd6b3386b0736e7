import type { ApiVersion } from "../../generated/apiVersions.js";
import { bindingError, requiredField, validationError } from "../serviceError.js";
import { hasMember } from "../wire/apiVersion.js";
import type { Call } from "./operation.js";

const MINUTES_PER_DAY = 1440;

const scopesOf: Readonly<Record<string, true | ApiVersion>> = {
  chat: true,
  voip: true,
  "chat.join": "2023-10-01",
  "chat.join.limited": "2023-10-01",
  "voip.join": "2023-10-01",
};

/** Scopes that must be there. @throws ServiceError 400. */
export function requiredScopes(
  { body, version }: Call,
  member: "scopes" | "createTokenWithScopes",
): string[] {
  const value = body?.[member];
  const field = `${member.slice(0, 1).toUpperCase()}${member.slice(1)}`;
  if (value === undefined || value === null) throw requiredField(field);
  if (!Array.isArray(value) || !value.every((scope) => typeof scope === "string")) {
    throw bindingError(field, "The JSON value could not be converted to an array of strings.");
  }
  if (value.length === 0) throw validationError("Invalid scopes - Scopes field is required.", "scopes");
  for (const scope of value) checkScope(scope, version);
  return [...new Set<string>(value)];
}

/** Minutes that a token is to live; a day when nothing is said, or when the version does not know the member. */
export function requestedMinutes({ route, body, version }: Call): number {
  const value = hasMember(route, "expiresInMinutes", version) ? body?.expiresInMinutes : undefined;
  if (value === undefined || value === null) return MINUTES_PER_DAY;
  if (!Number.isInteger(value) || Math.abs(Number(value)) > 0x7fffffff) {
    throw bindingError("ExpiresInMinutes", "The JSON value could not be converted to a 32-bit integer.");
  }
  const minutes = Number(value);
  if (minutes < 60 || minutes > MINUTES_PER_DAY) {
    throw validationError(
      `ExpiresInMinutes value ${minutes} is invalid. Value must be within the [60, 1440] interval.`,
      "ExpiresInMinutes",
    );
  }
  return minutes;
}

function checkScope(scope: string, version: ApiVersion): void {
  const since = Object.hasOwn(scopesOf, scope) ? scopesOf[scope] : undefined;
  if (since === true || (since !== undefined && version >= since)) return;
  const known = Object.keys(scopesOf).filter(
    (name) => scopesOf[name] === true || version >= String(scopesOf[name]),
  );
  throw validationError(
    `Invalid scopes - Scope '${scope.slice(0, 64)}' is not supported.`,
    "scopes",
    `${version} has the scopes ${known.join(", ")}`,
  );
}
