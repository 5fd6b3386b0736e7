/**
 * `npm run offboard`, with the settings of the service:
 * - `-- --subject <object id>` revokes the tokens of a person and deletes their ACS user. It doesn't keep the person from
 *   signing in again: that is for Entra and SCOPE_POLICY. Exits with 3 if the ledger has no user of this person.
 * - `-- --everybody` revokes the tokens of all users, after a leak.
 *
 * Prints what it did. Exits with 2 if it has to be repeated.
 */
import { parseArgs } from "node:util";
import { pino } from "pino";
import "./environment.js";
import { describeCause, fail } from "./failures.js";
import { Problem } from "./problem.js";
import { revokeEverybody } from "./revokeEverybody.js";
import { createParts, type Parts } from "./service.js";
import { readSettings, SettingsError } from "./settings.js";

/** Longer than a creation may take that a deletion has to wait for. */
const longestInMs = 30_000;

try {
  const settings = readSettings(process.env);
  const {
    subject,
    everybody,
    issuer = settings.signIn.issuer,
  } = parseArgs({
    options: { subject: { type: "string" }, issuer: { type: "string" }, everybody: { type: "boolean" } },
  }).values;
  if (!subject === !everybody) {
    throw new SettingsError([
      "--subject <the value of TOKEN_SUBJECT_CLAIM> names a person, --everybody all of them",
    ]);
  }
  if (subject && issuer.includes("{tenantid}")) {
    throw new SettingsError(["--issuer <the issuer of the person's tokens> must name the tenant"]);
  }
  const parts = createParts(settings, { logTo: pino.destination(2) });
  await parts.prepare();
  process.exitCode = subject ? await offboard(parts, subject, issuer) : await offboardEverybody(parts);
  await parts.close();
} catch (error) {
  fail(error);
}

async function offboard({ users }: Parts, subject: string, issuer: string): Promise<number> {
  try {
    const deleted = await users.deleteUser({ issuer, subject }, AbortSignal.timeout(longestInMs));
    console.log(JSON.stringify({ subject, deleted }));
    if (deleted.length > 0) return 0;
    console.error(`The ledger has no user of ${subject} of ${issuer}: check --subject and --issuer`);
    return 3;
  } catch (error) {
    const { retryAfterInSeconds = 5 } = error instanceof Problem ? error : {};
    console.error(JSON.stringify({ subject, deleted: [], retryAfterInSeconds, cause: describeCause(error) }));
    return 2;
  }
}

async function offboardEverybody(parts: Parts): Promise<number> {
  const { left } = await revokeEverybody(parts, (progress) => console.log(JSON.stringify(progress)));
  if (left > 0) return 2;
  console.error("All tokens are revoked. It can take 15 minutes until calling and chat refuse them");
  return 0;
}
