/** The migrations. Each runs once, in this order. Add to the end; never change one that was released. */
const migrations: readonly string[] = [
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
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((acs_user_id IS NULL) = (state IN ('creating', 'unanswered')))
  );
  CREATE UNIQUE INDEX ledger_current ON ledger (issuer, subject) WHERE state = 'current';
  CREATE INDEX ledger_creating ON ledger (issuer, subject) WHERE state = 'creating';
  CREATE INDEX ledger_deleting ON ledger (issuer, subject) WHERE state = 'deleting';
  CREATE INDEX ledger_unfinished ON ledger (touched_at) WHERE state IN ('creating', 'surplus', 'deleting');
  `,
  // Databases that were created by the version before keep its `permits` and `take_permit`.
  `
  -- The arrival time of the next call at a limit's pace. Unlogged, so that a commit doesn't wait for the disk.
  CREATE UNLOGGED TABLE arrivals (
    key text PRIMARY KEY,
    next_at timestamptz NOT NULL
  );

  -- When a revocation of everybody's tokens began that hasn't ended.
  ALTER TABLE binding ADD COLUMN revoking_since timestamptz;
  -- When ACS last revoked the user's tokens for a deletion or for everybody, so it knew the user then.
  ALTER TABLE ledger ADD COLUMN revoked_at timestamptz;

  -- A caller has one creation at a time.
  UPDATE ledger SET state = 'unanswered', touched_at = clock_timestamp() WHERE state = 'creating' AND id NOT IN (
    SELECT DISTINCT ON (issuer, subject) id FROM ledger WHERE state = 'creating'
    ORDER BY issuer, subject, created_at DESC
  );
  DROP INDEX ledger_creating;
  CREATE UNIQUE INDEX ledger_creating ON ledger (issuer, subject) WHERE state = 'creating';
  CREATE INDEX ledger_unanswered ON ledger (issuer, subject) WHERE state = 'unanswered' AND issuer <> '';
  `,
  `
  -- Who gets no token until their offboarding is undone.
  CREATE TABLE offboarded (
    pseudonym text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
  );

  -- Nobody who was offboarded begins or ends a creation, whichever version of the service tries. It computes the
  -- pseudonym as caller.ts does.
  CREATE FUNCTION refuse_offboarded() RETURNS trigger LANGUAGE plpgsql AS $function$
  DECLARE
    names text := format('[%s,%s]', to_json(NEW.issuer), to_json(NEW.subject));
    digest text := encode(sha256(convert_to(names, 'UTF8')), 'base64');
  BEGIN
    IF EXISTS (SELECT FROM offboarded WHERE pseudonym = left(translate(digest, '+/', '-_'), 22)) THEN
      RETURN NULL;
    END IF;
    RETURN NEW;
  END
  $function$;
  CREATE TRIGGER refuse_offboarded BEFORE INSERT OR UPDATE OF state ON ledger
    FOR EACH ROW WHEN (NEW.state IN ('creating', 'current')) EXECUTE FUNCTION refuse_offboarded();

  -- Whether the request for the user may have been sent. Versions before this one don't say when they send it.
  ALTER TABLE ledger ADD COLUMN was_sent boolean NOT NULL DEFAULT true;
  -- For the time at which ACS last created a user for anybody.
  CREATE INDEX ledger_served ON ledger (touched_at) WHERE state = 'current';
  `,
];

/** What the service needs. A newer database works, too. */
export const schemaVersion: number = migrations.length;

/** An arbitrary number for the lock that keeps two migrations from running at the same time. */
export const migrationLock = 4_717_001;

/**
 * Returns statements that bring any older schema up to date, or change nothing if they fail.
 * @param version - An older one than the latest, for tests.
 */
export function migrationTo(version: number = schemaVersion): string {
  return `
DO $migrations$
DECLARE
  current_version integer;
BEGIN
  CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL);
  SELECT coalesce(max(version), 0) INTO current_version FROM schema_version;
  ${migrations
    .slice(0, version)
    .map(
      (sql, index) => `IF current_version <= ${index} THEN
    EXECUTE $migration$${sql}$migration$;
    INSERT INTO schema_version VALUES (${index + 1});
  END IF;`,
    )
    .join("\n  ")}
END
$migrations$`;
}
