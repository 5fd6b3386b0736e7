/** Each runs once, in this order. Add to the end; never change one that was released. */
export const postgresMigrations: readonly string[] = [
  `
  CREATE TABLE binding (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    endpoint text NOT NULL
  );

  CREATE TABLE ledger (
    id uuid PRIMARY KEY,
    issuer text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL CHECK (state IN ('creating', 'current', 'surplus', 'deleting', 'unanswered')),
    acs_user_id text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    CHECK (state NOT IN ('current', 'deleting') OR acs_user_id IS NOT NULL)
  );
  CREATE UNIQUE INDEX ledger_current ON ledger (issuer, subject) WHERE state = 'current';
  CREATE INDEX ledger_creating ON ledger (issuer, subject) WHERE state = 'creating';
  CREATE INDEX ledger_deleting ON ledger (issuer, subject) WHERE state = 'deleting';
  CREATE INDEX ledger_unfinished ON ledger (touched_at) WHERE state IN ('creating', 'surplus', 'deleting');

  -- Unlogged, so that a commit doesn't wait for the disk. A crash of the database loses the counts of half a minute.
  CREATE UNLOGGED TABLE permits (
    key text NOT NULL,
    second bigint NOT NULL,
    taken integer NOT NULL,
    PRIMARY KEY (key, second)
  );

  -- A function, so that the lock isn't held during a round trip. Each statement sees what was committed before it.
  CREATE FUNCTION take_permit(
    wanted_key text, calls integer, per_seconds integer, OUT calls_left integer, OUT retry_after integer
  ) LANGUAGE plpgsql AS $$
  DECLARE
    this_second bigint;
    oldest bigint;
    used integer;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(wanted_key, 0));
    this_second := floor(extract(epoch FROM clock_timestamp()));
    DELETE FROM permits WHERE key = wanted_key AND second <= this_second - per_seconds;
    SELECT coalesce(sum(taken), 0), min(second) INTO used, oldest FROM permits WHERE key = wanted_key;
    IF used >= calls THEN
      retry_after := greatest(1, oldest + per_seconds - this_second);
      RETURN;
    END IF;
    INSERT INTO permits VALUES (wanted_key, this_second, 1)
      ON CONFLICT (key, second) DO UPDATE SET taken = permits.taken + 1;
    calls_left := calls - used - 1;
  END
  $$;
  `,
];
