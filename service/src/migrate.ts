/**
 * Creates or updates the tables: `npm run migrate`, before a new version of the service starts. DATABASE_URL is of a role
 * that may create tables. If DATABASE_SERVICE_ROLE names another one, that is all the service needs to connect with.
 * Prints the statements for an administrator if this role may not set the limits of the service's role.
 */
import "./environment.js";
import { createCredential } from "./acs.js";
import { fail } from "./failures.js";
import { readMigrationSettings } from "./settings.js";
import { openPostgres } from "./store/database.js";
import { Store } from "./store/store.js";

try {
  const { database, serviceRole } = readMigrationSettings(process.env);
  const store = new Store(openPostgres(database, createCredential()));
  const refused = await store.migrate(serviceRole).finally(() => store.close());
  console.log("The database is up to date");
  if (refused.length > 0) console.log(`An administrator has to run:\n${refused.join("\n")}`);
} catch (error) {
  fail(error);
}
