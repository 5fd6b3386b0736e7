import { createQuery, type Database } from "./database.js";
import { Ledger } from "./ledger.js";
import { Offboarded } from "./offboarded.js";
import { Permits } from "./permits.js";
import { Revocations } from "./revocations.js";
import { Schema } from "./schema.js";

/** What the instances share, in one database. */
export interface Store {
  readonly schema: Schema;
  readonly ledger: Ledger;
  readonly permits: Permits;
  readonly revocations: Revocations;
  readonly offboarded: Offboarded;
  /** Throws if the database can't be reached. Too many calls aren't the database's failure, so it isn't refused for them. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openStore(database: Database): Store {
  const query = createQuery(database);
  return {
    schema: new Schema(query),
    ledger: new Ledger(query),
    permits: new Permits(query),
    revocations: new Revocations(query),
    offboarded: new Offboarded(query),
    ping: async () => void (await query("SELECT 1", [], { isNeverRefused: true })),
    close: () => database.close(),
  };
}
