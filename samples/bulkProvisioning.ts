/**
 * Creates users with tokens in bulk, 10 000 by default, as fast as the service's limits permit. It shows a progress
 * bar, and resumes after being killed.
 *
 *   npx tsx samples/bulkProvisioning.ts --users 10000 --concurrency 32 --out users.jsonl
 *
 * --limit 1000     how many users the service lets us create in 30 seconds
 *
 * Users that were being created when a run was killed stay behind, unused.
 *
 * Uses the resource in COMMUNICATION_CONNECTION_STRING if that is set; otherwise the emulator, which has the same
 * limits and keeps its state beside the results.
 */
import { parseArgs } from "node:util";
import { CommunicationIdentityClient } from "acs-identity";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import { type Attempts, Pacer, watchAttempts } from "./bulkProvisioning/pacer.js";
import { ProgressBar } from "./bulkProvisioning/progressBar.js";
import { provision } from "./bulkProvisioning/provision.js";
import { type Failure, ResultFile } from "./bulkProvisioning/resultFile.js";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "10000" },
    concurrency: { type: "string", default: "32" },
    out: { type: "string", default: "users.jsonl" },
    limit: { type: "string", default: "1000" },
  },
});
const options = {
  users: positive("users"),
  concurrency: positive("concurrency"),
  limit: positive("limit"),
  out: values.out,
};

const resource = process.env.COMMUNICATION_CONNECTION_STRING;
const emulator = resource
  ? undefined
  : await startEmulator({ throttle: options.limit / 1000, data: `${options.out}.emulator` });
try {
  await run(emulator?.connectionString ?? resource ?? "");
  if (emulator) print("The emulator counts", `${await countUsers(emulator)} users`);
} finally {
  await emulator?.close();
}

async function run(connectionString: string): Promise<void> {
  const pacer = new Pacer(options.limit);
  const attempts: Attempts = { retries: 0, throttled: 0 };
  const client = new CommunicationIdentityClient(connectionString, {
    additionalPolicies: [watchAttempts(attempts, pacer)],
    retryOptions: { maxRetries: 6 },
  });
  const results = new ResultFile(options.out);
  const before = results.count;
  const bar = new ProgressBar(process.stderr, options.users, before);
  const failures: Failure[] = [];
  const stop = new AbortController();
  const start = Date.now();
  const state = () => ({
    done: results.count,
    failed: failures.length,
    retries: attempts.retries,
  });

  // A second Ctrl+C ends it at once, and loses only the calls in flight.
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  await provision({
    ...options,
    client,
    pacer,
    attempts,
    results,
    stop,
    ids: idsUpTo(options.users),
    onResult: (failure) => {
      if (failure) failures.push(failure);
      bar.update(state());
    },
  });
  bar.end();
  results.close();

  const seconds = (Date.now() - start) / 1000;
  const { done, failed, retries } = state();
  print("Users with tokens", `${done} of ${options.users} in ${options.out}, ${done - before} by this run`);
  print("Rate", `${((done - before) / seconds).toFixed(1)} users/s over ${seconds.toFixed(1)} s`);
  print("Retries", `${retries}; ${attempts.throttled} requests were over the limit (429)`);
  print("Failed", failed === 0 ? "none" : `${failed}: ${summary(failures)}`);
  if (done < options.users) {
    print("Not done", `${options.users - done}. Run the same command again to continue.`);
    process.exitCode = 1;
  }
}

/** Stands in for the users of your own system. */
function* idsUpTo(count: number): Generator<string> {
  for (let number = 1; number <= count; number++) yield `user-${number}`;
}

/** Counts the failures by kind: `2 × 503 ServiceUnavailable`. */
function summary(failures: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { statusCode, code } of failures) {
    const kind = [statusCode, code].filter(Boolean).join(" ");
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} × ${kind}`).join(", ");
}

async function countUsers({ url }: Emulator): Promise<number> {
  const response = await fetch(`${url}/_emulator/info`);
  const { users } = (await response.json()) as { users: number };
  return users;
}

function positive(name: "users" | "concurrency" | "limit"): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new TypeError(`--${name} must be a whole number from 1`);
}

function print(what: string, detail: string): void {
  console.log(`${what.padEnd(21)}${detail}`);
}
