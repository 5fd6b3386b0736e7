import type { TokenScope } from "../models.js";
import type { TokenEndpointClient } from "./client.js";
import type { Awaitable } from "./timeLimit.js";
import type { TokenEndpointError } from "./tokenEndpointError.js";
import type { UserIdStore } from "./userIdStore.js";

/** Options of `createTokenEndpoint`. */
export interface TokenEndpointOptions {
  /** The client, or a function that creates it at the first request, so that a build needs no connection string. */
  readonly client: TokenEndpointClient | (() => TokenEndpointClient);
  /** Where the ids of the ACS users are kept. A `Map` is for tests, and for a trial in one process. */
  readonly userIds: UserIdStore | Map<string, string>;
  /** What the tokens permit, or a function that decides it for each person. A person without scopes gets a 403. */
  readonly scopes: readonly TokenScope[] | ((person: string) => Awaitable<readonly TokenScope[]>);
  /**
   * How long a token is valid, 60 to 1440 minutes. It is valid even after its person has signed out.
   *
   * @defaultValue 1440, set by ACS
   */
  readonly tokenExpiresInMinutes?: number | undefined;
  /**
   * The time limit of a whole answer in milliseconds: each attempt at ACS, the store and your functions. Only to delete a
   * user that was created in vain may take up to 5 seconds more, and so may `onFailure`.
   *
   * @defaultValue 20 000, since the refresher waits for 30 seconds
   */
  readonly timeoutInMs?: number | undefined;
  /**
   * Receives each failure that a response doesn't show to its caller. It is awaited, and what it throws is written to the
   * console. By default, failures are written to the console, the same one once a minute.
   */
  readonly onFailure?: ((error: TokenEndpointError) => unknown) | undefined;
}

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
    `a function, or an array with some of ${knownScopes.join(", ")}`,
  ],
  tokenExpiresInMinutes: [
    (value) =>
      value === undefined || (Number.isInteger(value) && Number(value) >= 60 && Number(value) <= 1440),
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
  if (unknown !== undefined)
    throw new TypeError(`Unknown option ${unknown}. Use ${Object.keys(rules).join(", ")}.`);
  for (const [name, [isUsable, kind]] of Object.entries(rules)) {
    if (!isUsable(given[name])) throw new TypeError(`${name} must be ${kind}.`);
  }
}

/** Whether these are scopes that the service knows. There may be none. */
export function isScopes(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.every((scope) => knownScopes.includes(scope));
}
