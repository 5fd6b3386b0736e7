import type { Awaitable } from "./timeLimit.js";

/**
 * The id of each person's ACS user, in a store that inserts in one step: SQL, Redis, MongoDB, DynamoDB, but not Workers KV.
 * A function that takes no effect must reject.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync("users.db");
 * database.exec("CREATE TABLE IF NOT EXISTS acs_users (person TEXT PRIMARY KEY, id TEXT NOT NULL)");
 * const select = database.prepare("SELECT id FROM acs_users WHERE person = ?");
 * const insert = database.prepare(
 *   `INSERT INTO acs_users (person, id) VALUES (?, ?)
 *    ON CONFLICT (person) DO UPDATE SET person = excluded.person RETURNING id`,
 * );
 * const remove = database.prepare("DELETE FROM acs_users WHERE person = ? AND id = ?");
 *
 * const userIds: UserIdStore = {
 *   get: (person) => select.get(person)?.id as string | undefined,
 *   add: (person, userId) => insert.get(person, userId)?.id as string,
 *   remove: (person, userId) => remove.run(person, userId),
 * };
 * ```
 */
export interface UserIdStore {
  /** Returns the person's id, or nothing if there is none. */
  get(person: string): Awaitable<string | null | undefined>;
  /** Stores the id if the person has none, and returns the id that is stored afterwards, in one step. */
  add(person: string, userId: string): Awaitable<string>;
  /** Removes the id if it is still the person's. */
  remove(person: string, userId: string): Awaitable<unknown>;
}

let hasWarned = false;

/** Makes a store of a `Map`. */
export function storeOf(userIds: UserIdStore | Map<string, string>): UserIdStore {
  if (!(userIds instanceof Map)) return userIds;
  return {
    get: (person) => userIds.get(person),
    add(person, userId) {
      warnInProduction();
      const kept = userIds.get(person) ?? userId;
      userIds.set(person, kept);
      return kept;
    },
    remove(person, userId) {
      if (userIds.get(person) === userId) userIds.delete(person);
    },
  };
}

function warnInProduction(): void {
  const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } };
  if (hasWarned || process?.env?.NODE_ENV !== "production") return;
  hasWarned = true;
  console.warn(
    "acs-identity/token-endpoint: userIds is a Map, so each process has its own users, and loses them when it ends. Keep the ids in a database.",
  );
}
