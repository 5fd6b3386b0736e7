// The API of node:sqlite, which Node 22.13 brings: there this import can be "node:sqlite".
import { DatabaseSync } from "@photostructure/sqlite";

/** Who asked, as the token of the sign-in names them. A subject is unique within its issuer only. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
}

/** Which ACS user belongs to which caller, in an SQLite file that several processes may share. */
export class UserStore {
  readonly #database: InstanceType<typeof DatabaseSync>;

  /** @param path - Of the file, which is created if it is missing. `:memory:` for none. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS acs_users (
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        acs_user_id TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        UNIQUE (issuer, subject)
      ) STRICT`);
  }

  find({ issuer, subject }: Caller): string | undefined {
    const row = this.#database
      .prepare("SELECT acs_user_id FROM acs_users WHERE issuer = ? AND subject = ?")
      .get(issuer, subject) as { acs_user_id: string } | undefined;
    return row?.acs_user_id;
  }

  /** Keeps the ACS user unless the caller has one already. Returns false in that case. */
  insert({ issuer, subject }: Caller, acsUserId: string): boolean {
    const { changes } = this.#database
      .prepare(
        `INSERT INTO acs_users (issuer, subject, acs_user_id) VALUES (?, ?, ?)
         ON CONFLICT (issuer, subject) DO NOTHING`,
      )
      .run(issuer, subject, acsUserId);
    return changes > 0;
  }

  /** Forgets this pair, and no other ACS user that the caller may have got meanwhile. */
  remove({ issuer, subject }: Caller, acsUserId: string): void {
    this.#database
      .prepare("DELETE FROM acs_users WHERE issuer = ? AND subject = ? AND acs_user_id = ?")
      .run(issuer, subject, acsUserId);
  }

  close(): void {
    this.#database.close();
  }
}
