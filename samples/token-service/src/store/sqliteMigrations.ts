/** Each runs once, in this order. Add to the end; never change one that was released. Times are seconds since 1970. */
export const sqliteMigrations: readonly string[] = [
  `
  CREATE TABLE binding (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    endpoint TEXT NOT NULL
  ) STRICT;

  CREATE TABLE ledger (
    id TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('creating', 'current', 'surplus', 'deleting', 'unanswered')),
    acs_user_id TEXT UNIQUE,
    created_at REAL NOT NULL,
    touched_at REAL NOT NULL,
    CHECK (state NOT IN ('current', 'deleting') OR acs_user_id IS NOT NULL)
  ) STRICT;
  CREATE UNIQUE INDEX ledger_current ON ledger (issuer, subject) WHERE state = 'current';
  CREATE INDEX ledger_creating ON ledger (issuer, subject) WHERE state = 'creating';
  CREATE INDEX ledger_deleting ON ledger (issuer, subject) WHERE state = 'deleting';
  CREATE INDEX ledger_unfinished ON ledger (touched_at) WHERE state IN ('creating', 'surplus', 'deleting');

  CREATE TABLE permits (
    key TEXT NOT NULL,
    second INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (key, second)
  ) STRICT, WITHOUT ROWID;
  `,
];
