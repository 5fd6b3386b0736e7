/**
 * `npm run offboard`, with the settings of the service:
 * - `-- --subject <object id>` ends a person's access: from then on every instance refuses them, their tokens are revoked
 *   and their ACS user is deleted. `-- --subject -` does so for each line of standard input.
 * - with `--undo`, the person gets tokens again, for a new ACS user.
 * - with `--keep-access`, the ACS user is deleted, and nothing keeps the person from getting another one.
 * - `-- --everybody` revokes the tokens of all users, after a leak.
 *
 * Prints what it did. Exits with 2 if it has to be repeated, and with 3 if nothing of these people was there.
 */
import { createInterface } from "node:readline";
import { pseudonymOf } from "./caller.js";
import { readOptions, runCommand, withParts } from "./command.js";
import { loadDotEnv } from "./dotEnv.js";
import { describeCause } from "./log.js";
import { offboardPeople, revokeEverybody, undoOffboarding } from "./offboarding.js";
import { Problem } from "./problem.js";
import type { Parts } from "./service.js";
import { readSettings, SettingsError } from "./settings.js";

const options = {
  subject: { type: "string" },
  issuer: { type: "string" },
  undo: { type: "boolean", default: false },
  "keep-access": { type: "boolean", default: false },
  everybody: { type: "boolean" },
} as const;

loadDotEnv();
await runCommand("npm run offboard", async () => {
  const { subject, everybody, undo, "keep-access": keepsAccess, ...given } = readOptions(options);
  const settings = readSettings(process.env);
  const { issuer = settings.tokenIssuer } = given;
  if (!subject === !everybody) {
    throw new SettingsError([
      "--subject <the value of TOKEN_SUBJECT_CLAIM> names a person, --subject - those on standard input, --everybody all",
    ]);
  }
  if ((undo && keepsAccess) || (everybody && (undo || keepsAccess))) {
    throw new SettingsError(["--undo and --keep-access go with --subject, and not with each other"]);
  }
  if (subject && issuer.includes("{tenantid}")) {
    throw new SettingsError(["--issuer <the issuer of the person's tokens> must name the tenant"]);
  }
  return withParts(settings, (parts) => {
    if (!subject) return offboardEverybody(parts);
    return undo ? undoFor(parts, subject, issuer) : offboard(parts, subject, issuer, keepsAccess);
  });
});

async function offboard(
  parts: Parts,
  subject: string,
  issuer: string,
  keepsAccess: boolean,
): Promise<number> {
  const counts = { deleted: 0, unknown: 0, failed: 0 };
  await offboardPeople(parts, issuer, peopleIn(subject), keepsAccess, ({ subject, deleted, failure }) => {
    counts[failure ? "failed" : deleted.length > 0 ? "deleted" : "unknown"]++;
    if (failure) return printFailure({ subject, deleted }, failure);
    const pseudonym = keepsAccess ? {} : { caller: pseudonymOf({ issuer, subject }) };
    console.log(JSON.stringify({ subject, ...pseudonym, deleted }));
  });
  if (subject === "-") console.error(JSON.stringify(counts));
  if (counts.failed > 0) return 2;
  if (counts.deleted > 0) return 0;
  console.error(
    `The ledger has no user of ${whom(subject)} of ${issuer}. If somebody else has just deleted it, nothing is wrong. Otherwise check --subject and --issuer`,
  );
  return 3;
}

async function undoFor(parts: Parts, subject: string, issuer: string): Promise<number> {
  const counts = { undone: 0, unknown: 0, failed: 0 };
  await undoOffboarding(parts, issuer, peopleIn(subject), ({ subject, undone, failure }) => {
    counts[failure ? "failed" : undone ? "undone" : "unknown"]++;
    if (failure) return printFailure({ subject, undone }, failure);
    console.log(JSON.stringify({ subject, caller: pseudonymOf({ issuer, subject }), undone }));
  });
  if (subject === "-") console.error(JSON.stringify(counts));
  if (counts.failed > 0) return 2;
  if (counts.undone > 0) return 0;
  console.error(`No offboarding of ${whom(subject)} of ${issuer} was left: check --subject and --issuer`);
  return 3;
}

function whom(subject: string): string {
  return subject === "-" ? "any of these people" : subject;
}

function printFailure(result: object, failure: unknown): void {
  const { retryAfterInSeconds = 5 } = failure instanceof Problem ? failure : {};
  console.error(JSON.stringify({ ...result, retryAfterInSeconds, cause: describeCause(failure) }));
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
