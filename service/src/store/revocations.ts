import type { Query } from "./database.js";
import { type KnownUser, toUser, type UserRow } from "./knownUser.js";

/** Whose tokens ACS has revoked. Each method may throw `StoreError`. */
export class Revocations {
  readonly #query: Query;

  constructor(query: Query) {
    this.#query = query;
  }

  /** Records that ACS has revoked the user's tokens, so that it certainly knew the user. */
  async markRevoked(id: string): Promise<void> {
    await this.#query("UPDATE ledger SET revoked_at = clock_timestamp() WHERE id = $1", [id]);
  }

  /** Returns whether ACS knew the user earlier, or another deletion of it has ended. */
  async wasKnown(id: string): Promise<boolean> {
    const rows = await this.#query("SELECT FROM ledger WHERE id = $1 AND revoked_at IS NULL", [id]);
    return rows.length === 0;
  }

  /**
   * Begins a revocation of everybody's tokens, or goes on with the one that hasn't ended. Returns some users whose tokens
   * weren't revoked since it began, and how many there are.
   * @param after - Leaves out this user and those before.
   */
  async findUnrevoked(after?: KnownUser): Promise<{ users: KnownUser[]; left: number }> {
    const rows = await this.#query<UserRow & { left: number }>(
      `WITH revocation AS (
         UPDATE binding SET revoking_since = least(revoking_since, clock_timestamp()) RETURNING revoking_since AS since
       )
       SELECT ledger.*, (count(*) OVER ())::integer AS left FROM ledger, revocation
       WHERE state IN ('current', 'deleting') AND created_at NOT BETWEEN since AND clock_timestamp()
         AND (revoked_at IS NULL OR revoked_at NOT BETWEEN since AND clock_timestamp())
         AND ($1::uuid IS NULL OR id > $1)
       ORDER BY id LIMIT 10`,
      [after?.id ?? null],
    );
    return { users: rows.map(toUser), left: rows[0]?.left ?? 0 };
  }

  async end(): Promise<void> {
    await this.#query("UPDATE binding SET revoking_since = NULL");
  }
}
