import { type Caller, pseudonymOf } from "../caller.js";
import type { Query } from "./database.js";
import { toUser, type UserRow } from "./knownUser.js";

/** At most `calls` calls in any `perSeconds` seconds, of which `atOnce` may come together. */
export interface Limit {
  readonly key: string;
  readonly calls: number;
  readonly atOnce: number;
  readonly perSeconds: number;
}

/** How often something was called, counted for all instances together. Each method may throw `StoreError`. */
export class Permits {
  readonly #query: Query;

  constructor(query: Query) {
    this.#query = query;
  }

  /** Takes a permit. Returns undefined, or how many seconds to wait if the limit leaves none. */
  async take(limit: Limit): Promise<number | undefined> {
    const [row] = await this.#query<{ wait: number | null }>(
      `WITH ${permitSql("$1", "$2", "$3")} SELECT wait FROM permit`,
      permitParameters(limit),
    );
    return row?.wait ?? undefined;
  }

  /**
   * Takes a permit for the creation of a user, and records in its entry that the request may have been sent. Returns
   * whether to send it, or how many seconds to wait. It must not be sent if the entry isn't `creating` anymore.
   */
  async takeForCreation(entry: string, limit: Limit) {
    const [row] = await this.#query<{ wait: number | null; may_be_sent: boolean }>(
      `WITH ${permitSql("$1", "$2", "$3")}, sent AS (
         UPDATE ledger SET was_sent = true
         WHERE id = $4 AND state = 'creating' AND EXISTS (SELECT FROM taken) RETURNING id
       )
       SELECT wait, EXISTS (SELECT FROM sent) AS may_be_sent FROM permit`,
      [...permitParameters(limit), entry],
    );
    return { waitInSeconds: row?.wait ?? undefined, mayBeSent: row?.may_be_sent === true };
  }

  /** Takes a permit, as {@link take} does. Returns the caller's current user, too, and whether they were offboarded. */
  async admit(caller: Caller, limit: Limit) {
    const [row] = await this.#query<{ wait: number | null; is_offboarded: boolean } & Partial<UserRow>>(
      `WITH ${permitSql("$1", "$2", "$3")}
       SELECT wait, id, state, acs_user_id, EXISTS (SELECT FROM offboarded WHERE pseudonym = $6) AS is_offboarded
       FROM permit LEFT JOIN ledger ON issuer = $4 AND subject = $5 AND state = 'current'`,
      [...permitParameters(limit), caller.issuer, caller.subject, pseudonymOf(caller)],
    );
    const user = typeof row?.id === "string" ? toUser(row as UserRow) : undefined;
    return { waitInSeconds: row?.wait ?? undefined, user, isOffboarded: row?.is_offboarded === true };
  }

  /** Starts counting anew. */
  async forget(key: string): Promise<void> {
    await this.#query("DELETE FROM arrivals WHERE key = $1", [key]);
  }
}

/**
 * Returns the common table expression `permit`, which takes a permit and has in `wait` how many seconds to wait if the
 * limit leaves none. It is the generic cell rate algorithm: calls are due at an even pace, and may be early by a burst.
 * A clock that never jumps puts the next call at most `pace` + `early` ahead. If it is much later, the clock has jumped
 * back, so one call is due, and the burst counts as used up.
 * @param key - The parameter with the limit's key, such as `$1`.
 * @param pace - The parameter with the time from one call to the next, in seconds.
 * @param early - The parameter with how early a call may be, in seconds.
 */
function permitSql(key: string, pace: string, early: string): string {
  return `taken AS (
    INSERT INTO arrivals (key, next_at) VALUES (${key}, clock_timestamp() + make_interval(secs => ${pace}))
    ON CONFLICT (key) DO UPDATE
      SET next_at = make_interval(secs => ${pace}) + least(
        greatest(arrivals.next_at, clock_timestamp()), clock_timestamp() + make_interval(secs => ${early}))
      WHERE arrivals.next_at NOT BETWEEN clock_timestamp() + make_interval(secs => ${early})
        AND clock_timestamp() + make_interval(secs => ${pace} + ${early} + 1)
    RETURNING key
  ), permit AS (
    SELECT CASE WHEN NOT EXISTS (SELECT FROM taken) THEN greatest(1, ceil(least(${pace} + 1, extract(epoch FROM
      (SELECT next_at FROM arrivals WHERE key = ${key}) - clock_timestamp()) - ${early})))::integer END AS wait
  )`;
}

/**
 * Returns the parameters of a permit. A burst of `atOnce` and the calls that become due within the time of the
 * limit are `calls` together.
 */
function permitParameters({ key, calls, atOnce, perSeconds }: Limit): [string, number, number] {
  const pace = perSeconds / (calls - atOnce + 1);
  return [key, pace, pace * (atOnce - 1)];
}
