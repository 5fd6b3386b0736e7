/**
 * Finishes what crashes left in the ledger, and prints the ledger's state: `npm run reconcile`, with the settings of
 * the service. Exits with 2 if something is left for the next run.
 */

import { readOptions, runCommand, withParts } from "./command.js";
import { loadDotEnv } from "./dotEnv.js";
import { readSettings } from "./settings.js";

loadDotEnv();
await runCommand("npm run reconcile", async () => {
  readOptions({});
  return withParts(readSettings(process.env), async ({ reconciler }) => {
    const reconciliation = await reconciler.run();
    console.log(JSON.stringify(reconciliation));
    return reconciliation.failed > 0 ? 2 : 0;
  });
});
