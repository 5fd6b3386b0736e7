/**
 * Creates or updates the tables: `npm run migrate`, before a new version of the service starts. DATABASE_URL is of a role
 * that may create tables. If DATABASE_SERVICE_ROLE names another one, that is all the service needs to connect with.
 */
import "./environment.js";
import { createCredential } from "./acs.js";
import { fail } from "./run.js";
import { readMigrationSettings } from "./settings.js";
import { openPostgres } from "./store/database.js";
import { Store } from "./store/store.js";

try {
  const { database, serviceRole } = readMigrationSettings(process.env);
  const store = new Store(openPostgres(database, createCredential()));
  await store.migrate(serviceRole).finally(() => store.close());
  console.log("The database is up to date");
} catch (error) {
  fail(error);
}
