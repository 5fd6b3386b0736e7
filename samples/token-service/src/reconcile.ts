/**
 * Finishes what crashes left in the ledger, and prints the ledger's state: `npm run reconcile`, with the settings of
 * the service. Exits with 2 if something is left for the next run.
 */
import { pino } from "pino";
import { fail } from "./run.js";
import { openParts } from "./service.js";
import { readSettings } from "./settings.js";

try {
  const parts = await openParts(readSettings(process.env), pino.destination(2));
  const reconciliation = await parts.reconciler.run();
  await parts.close();
  console.log(JSON.stringify(reconciliation));
  if (reconciliation.failed > 0) process.exitCode = 2;
} catch (error) {
  fail(error);
}
