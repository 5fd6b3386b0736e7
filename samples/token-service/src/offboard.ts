/**
 * Revokes the tokens of a person and deletes their ACS user: `npm run offboard -- --subject <object id>`, with the
 * settings of the service. Prints what it did. Exits with 2 if it has to be repeated. It doesn't keep the person from
 * signing in again: that is for Entra and SCOPE_POLICY.
 */
import { parseArgs } from "node:util";
import { pino } from "pino";
import "./environment.js";
import { describeCause } from "./failures.js";
import { Problem } from "./problem.js";
import { fail } from "./run.js";
import { createParts } from "./service.js";
import { readSettings } from "./settings.js";

/** Longer than a creation may take that a deletion has to wait for. */
const longestInMs = 30_000;

try {
  const settings = readSettings(process.env);
  const { subject, issuer = settings.signIn.issuer } = parseArgs({
    options: { subject: { type: "string" }, issuer: { type: "string" } },
  }).values;
  if (!subject) throw new Error("Name the person: --subject <the value of TOKEN_SUBJECT_CLAIM>");
  if (issuer.includes("{tenantid}"))
    throw new Error("Name the tenant: --issuer <the issuer of the person's tokens>");
  const parts = createParts(settings, { logTo: pino.destination(2) });
  await parts.prepare();
  try {
    const deleted = await parts.users.deleteUser({ issuer, subject }, AbortSignal.timeout(longestInMs));
    console.log(JSON.stringify({ subject, deleted }));
  } catch (error) {
    const { retryAfterInSeconds = 5 } = error instanceof Problem ? error : {};
    const cause = describeCause(error);
    console.error(JSON.stringify({ subject, deleted: [], retryAfterInSeconds, cause }));
    process.exitCode = 2;
  }
  await parts.close();
} catch (error) {
  fail(error);
}
