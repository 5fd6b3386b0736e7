// Refuses what can't be a valid call, before anything is sent. Ranges and unknown values are the service's to judge.
import type { CommunicationUserIdentifier, TokenScope } from "./models.js";

export function requireUserId(user: CommunicationUserIdentifier): string {
  if (typeof user === "string") {
    throw new TypeError("The user is a bare string. Pass { communicationUserId: id } instead.");
  }
  return requireText(user?.communicationUserId, "user.communicationUserId");
}

export function requireScopes(scopes: readonly TokenScope[]): TokenScope[] {
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === "string")) {
    throw new TypeError('scopes must be an array of strings, such as ["voip"].');
  }
  return scopes;
}

/** The member of the request body, or none. */
export function requireMinutes(minutes: number | undefined): { expiresInMinutes?: number } {
  if (minutes === undefined) return {};
  if (!Number.isInteger(minutes)) {
    throw new TypeError("tokenExpiresInMinutes must be a whole number of minutes, or absent.");
  }
  return { expiresInMinutes: minutes };
}

/** @param minLength - 0 lets the empty string through, for which the service has an error of its own. */
export function requireText(value: unknown, name: string, minLength = 1): string {
  if (typeof value !== "string" || value.length < minLength) {
    const type = minLength > 0 ? "a non-empty string" : "a string";
    throw new TypeError(
      `${name} must be ${type}; it is ${value === null ? "null" : value === "" ? "empty" : typeof value}.`,
    );
  }
  return value;
}
