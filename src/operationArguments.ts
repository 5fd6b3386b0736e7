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

export function requireText(value: unknown, name: string): string {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(
      `${name} must be a non-empty string; it is ${value === "" ? "empty" : typeof value}.`,
    );
  }
  return value;
}

/** Lets the empty string through, which the service answers with an error of its own. */
export function requireString(value: unknown, name: string): string {
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string; it is ${value === null ? "null" : typeof value}.`);
  }
  return value;
}
