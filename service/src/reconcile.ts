/**
 * Finishes what crashes left in the ledger, and prints the ledger's state: `npm run reconcile`, with the settings of
 * the service. Exits with 2 if something is left for the next run.
 */
import "./environment.js";
import { runCommand, withParts } from "./command.js";
import { readSettings } from "./settings.js";

await runCommand("npm run reconcile", () =>
  withParts(readSettings(process.env), async ({ reconciler }) => {
    const reconciliation = await reconciler.run();
    console.log(JSON.stringify(reconciliation));
    return reconciliation.failed > 0 ? 2 : 0;
  }),
);
