import { type Caller, pseudonymOf } from "../caller.js";
import type { Query } from "./database.js";

/**
 * Who gets no token until their offboarding is undone, by pseudonym. A trigger of the ledger refuses their creations, so
 * that nothing escapes that was in progress meanwhile. Each method may throw `StoreError`.
 */
export class Offboarded {
  readonly #query: Query;

  constructor(query: Query) {
    this.#query = query;
  }

  /** Adds a caller, and returns since when they have been offboarded. */
  async add(caller: Caller): Promise<Date> {
    const [row] = await this.#query<{ since: Date }>(
      `INSERT INTO offboarded (pseudonym) VALUES ($1)
       ON CONFLICT (pseudonym) DO UPDATE SET since = offboarded.since RETURNING since`,
      [pseudonymOf(caller)],
    );
    return row?.since ?? new Date();
  }

  /** Removes a caller, and returns whether they had been offboarded. */
  async remove(caller: Caller): Promise<boolean> {
    const sql = "DELETE FROM offboarded WHERE pseudonym = $1 RETURNING pseudonym";
    return (await this.#query(sql, [pseudonymOf(caller)])).length === 1;
  }

  async has(caller: Caller): Promise<boolean> {
    return (
      (await this.#query("SELECT FROM offboarded WHERE pseudonym = $1", [pseudonymOf(caller)])).length === 1
    );
  }
}
