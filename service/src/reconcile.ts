/**
 * Finishes what crashes left in the ledger, and prints the ledger's state: `npm run reconcile`, with the settings of
 * the service. Exits with 2 if something is left for the next run.
 */
import { pino } from "pino";
import "./environment.js";
import { fail } from "./failures.js";
import { createParts } from "./service.js";
import { readSettings } from "./settings.js";

try {
  const parts = createParts(readSettings(process.env), { logTo: pino.destination(2) });
  await parts.prepare();
  const reconciliation = await parts.reconciler.run();
  await parts.close();
  console.log(JSON.stringify(reconciliation));
  if (reconciliation.failed > 0) process.exitCode = 2;
} catch (error) {
  fail(error);
}
