import type { Awaitable } from "./timeLimit.js";

/**
 * The id of each person's ACS user, in a store that inserts in one step: SQL, Redis, MongoDB, DynamoDB, but not Workers KV.
 * A function that takes no effect must reject.
 *
 * @example
 * ```ts
 * import type { UserIdStore } from "acs-identity/token-endpoint";
 *
 * const userIds: UserIdStore = {
 *   get: async (person) => (await sql`SELECT id FROM acs_users WHERE person = ${person}`)[0]?.id,
 *   async add(person, userId) {
 *     const [row] = await sql`
 *       INSERT INTO acs_users (person, id) VALUES (${person}, ${userId})
 *       ON CONFLICT (person) DO UPDATE SET person = excluded.person RETURNING id`;
 *     return row?.id ?? "";
 *   },
 *   remove: (person, userId) => sql`DELETE FROM acs_users WHERE person = ${person} AND id = ${userId}`,
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
