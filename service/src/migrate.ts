/**
 * Creates or updates the tables: `npm run migrate`, before a new version of the service starts. DATABASE_URL is of a role
 * that may create tables. If DATABASE_SERVICE_ROLE names another one, that is all the service needs to connect with.
 * `-- --wait <seconds>` says how long others may use the tables, such as a backup; 60 by default. Exits with 2 if it has to
 * be repeated.
 */
import { createCredential } from "./acs.js";
import { readOptions, runCommand } from "./command.js";
import { loadDotEnv } from "./dotEnv.js";
import { readMigrationSettings, SettingsError } from "./settings.js";
import { openPostgres } from "./store/database.js";
import { openStore } from "./store/store.js";

loadDotEnv();
await runCommand("npm run migrate", async () => {
  const settings = readMigrationSettings(process.env);
  const { wait = "60" } = readOptions({ wait: { type: "string" } });
  const seconds = Number(wait);
  if (!(seconds >= 1 && seconds <= 86_400)) throw new SettingsError(["--wait must be 1 to 86400 seconds"]);
  // The server keeps the time by itself, unless it is out of reach.
  const store = openStore(openPostgres(settings, createCredential(), (seconds + 5) * 1000));
  const left = await store.schema.migrate(settings.databaseServiceRole, seconds).finally(() => store.close());
  console.log("The database is up to date");
  if (!left) return 0;
  console.error(
    `An administrator has to run this once, in psql, so that the service's role has limits:\n${left}`,
  );
  return 1;
});
