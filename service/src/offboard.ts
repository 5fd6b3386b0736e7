/**
 * `npm run offboard`, with the settings of the service:
 * - `-- --subject <object id>` revokes the tokens of a person and deletes their ACS user; `-- --subject -` does so for each
 *   line of standard input. It doesn't keep a person from signing in again: that is for Entra and SCOPE_POLICY.
 * - `-- --everybody` revokes the tokens of all users, after a leak.
 *
 * Prints what it did. Exits with 2 if it has to be repeated, and with 3 if the ledger has no user of these people.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { runCommand, withParts } from "./command.js";
import { loadDotEnv } from "./dotEnv.js";
import { describeCause } from "./log.js";
import { offboardPeople, revokeEverybody } from "./offboarding.js";
import { Problem } from "./problem.js";
import type { Parts } from "./service.js";
import { readSettings, SettingsError } from "./settings.js";

const options = {
  subject: { type: "string" },
  issuer: { type: "string" },
  everybody: { type: "boolean" },
} as const;

loadDotEnv();
await runCommand("npm run offboard", async () => {
  const settings = readSettings(process.env);
  const { subject, everybody, issuer = settings.tokenIssuer } = parseArgs({ options }).values;
  if (!subject === !everybody) {
    throw new SettingsError([
      "--subject <the value of TOKEN_SUBJECT_CLAIM> names a person, --subject - those on standard input, --everybody all",
    ]);
  }
  if (subject && issuer.includes("{tenantid}")) {
    throw new SettingsError(["--issuer <the issuer of the person's tokens> must name the tenant"]);
  }
  return withParts(settings, (parts) =>
    subject ? offboard(parts, subject, issuer) : offboardEverybody(parts),
  );
});

async function offboard(parts: Parts, subject: string, issuer: string): Promise<number> {
  const counts = { deleted: 0, unknown: 0, failed: 0 };
  await offboardPeople(parts, issuer, peopleIn(subject), (subject, deleted, failure) => {
    counts[failure ? "failed" : deleted.length > 0 ? "deleted" : "unknown"]++;
    if (!failure) return console.log(JSON.stringify({ subject, deleted }));
    const { retryAfterInSeconds = 5 } = failure instanceof Problem ? failure : {};
    console.error(JSON.stringify({ subject, deleted, retryAfterInSeconds, cause: describeCause(failure) }));
  });
  if (subject === "-") console.error(JSON.stringify(counts));
  if (counts.failed > 0) return 2;
  if (counts.deleted > 0) return 0;
  console.error(`The ledger has no user of ${subject} of ${issuer}: check --subject and --issuer`);
  return 3;
}

async function* peopleIn(subject: string): AsyncGenerator<string> {
  if (subject !== "-") return yield subject;
  for await (const line of createInterface({ input: process.stdin })) if (line.trim()) yield line.trim();
}

async function offboardEverybody(parts: Parts): Promise<number> {
  const { left } = await revokeEverybody(parts, (progress) => console.log(JSON.stringify(progress)));
  if (left > 0) return 2;
  console.error("All tokens are revoked. It can take 15 minutes until calling and chat refuse them");
  return 0;
}
