import type { TokenEndpointOptions } from "./tokenEndpoint.js";

const knownScopes: readonly unknown[] = ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"];

const hasMethods = (value: unknown, ...names: string[]) =>
  names.every((name) => typeof (Object(value) as Record<string, unknown>)[name] === "function");

/** For each option, whether it can be used, and what it must be. */
const rules: Readonly<
  Record<keyof TokenEndpointOptions, readonly [isUsable: (value: unknown) => boolean, kind: string]>
> = {
  client: [
    (value) => typeof value === "function" || hasMethods(value, "createUser", "deleteUser", "getToken"),
    "a CommunicationIdentityClient, or a function that returns one",
  ],
  userIds: [
    (value) => value instanceof Map || hasMethods(value, "get", "add", "remove"),
    "an object with the methods get, add and remove, or a Map",
  ],
  scopes: [
    (value) => typeof value === "function" || (isScopes(value) && value.length > 0),
    `a function, or an array with some of ${knownScopes}`,
  ],
  tokenExpiresInMinutes: [
    (value) => value === undefined || (Number.isInteger(value) && Number(value) >= 60 && Number(value) <= 1440),
    "a whole number from 60 to 1440",
  ],
  timeoutInMs: [
    (value) => value === undefined || (Number(value) > 0 && Number(value) < 2 ** 31),
    "a number of milliseconds above 0",
  ],
  onFailure: [(value) => value === undefined || typeof value === "function", "a function"],
};

/** @throws TypeError if an option is missing, unknown or can't be used. */
export function checkOptions(options: TokenEndpointOptions): void {
  const given = Object(options) as Record<string, unknown>;
  const unknown = Object.keys(given).find((name) => !(name in rules));
  if (unknown !== undefined) throw new TypeError(`Unknown option ${unknown}. Use ${Object.keys(rules)}.`);
  for (const [name, [isUsable, kind]] of Object.entries(rules)) {
    if (!isUsable(given[name])) throw new TypeError(`${name} must be ${kind}.`);
  }
}

/** Whether these are scopes that the service knows. There may be none. */
export function isScopes(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.every((scope) => knownScopes.includes(scope));
}
