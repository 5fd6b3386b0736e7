import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "acs-identity/emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleProgram } from "../../../helpers/bundleProgram.js";

const program = await bundleProgram("samples/bulkProvisioning.ts");

let folder: string;
let out: string;
let emulator: Emulator;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulk-provisioning-"));
  out = join(folder, "users.jsonl");
  emulator = await startEmulator();
  // The emulator creates its signing key on first use, which takes as long as a short run.
  await fetch(`${emulator.url}/.well-known/jwks.json`);
});

afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

interface RunOptions {
  /** Default: the test's emulator. If empty, the sample starts its own. */
  readonly connectionString?: string;
  readonly onProgress?: (child: ChildProcess) => void;
}

interface RunResult {
  readonly code: number | null;
  readonly output: string;
  readonly progress: string;
}

/** Runs the sample at ten times the service's rate limit. */
async function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { connectionString = emulator.connectionString, onProgress } = options;
  const allArgs = [program, "--limit", "10000", "--out", out];
  const child = spawn(process.execPath, [...allArgs, ...args], {
    env: { ...process.env, COMMUNICATION_CONNECTION_STRING: connectionString },
  });
  let output = "";
  let progress = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    if (progress === "") onProgress?.(child);
    progress += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output, progress };
}

async function countUsers(): Promise<number> {
  const response = await fetch(`${emulator.url}/_emulator/info`);
  return ((await response.json()) as { users: number }).users;
}

interface Line {
  readonly id: string;
  readonly communicationUserId?: string;
  readonly token?: string;
  readonly expiresOn?: string;
  readonly failure?: { readonly statusCode?: number; readonly requestId?: string };
}

function lines(): Line[] {
  const text = readFileSync(out, "utf8");
  expect(text).toMatch(/\n$/);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function expectUsers(count: number): void {
  const users = lines().filter(({ failure }) => !failure);
  expect(users).toHaveLength(count);
  expect(new Set(users.map(({ id }) => id)).size).toBe(count);
  expect(new Set(users.map(({ communicationUserId }) => communicationUserId)).size).toBe(count);
}

describe("a run", () => {
  it("gives each user a token, and reports the same count as the emulator", async () => {
    const { code, output, progress } = await run(["--users", "200"]);
    expect(code).toBe(0);
    expect(output).toContain(`Users with tokens    200 of 200 in ${out}, 200 by this run\n`);
    expect(output).toMatch(/^Rate {17}\d+\.\d users\/s over \d+\.\d s$/m);
    expect(output).toMatch(/^Retries {14}0; 0 requests were over the limit \(429\)$/m);
    expect(output).toMatch(/^Failed {15}none$/m);
    expect(
      progress.match(/^[█░]{30} \d+\/200 {2}[\d.]+\/s, \d+:\d\d left {2}retries 0 {2}failed 0$/gm),
    ).toHaveLength(10);
    expectUsers(200);
    expect(await countUsers()).toBe(200);
    const { token = "", communicationUserId: userId } = lines()[123] as Line;
    expect(await emulator.service.inspectToken(token)).toMatchObject({ valid: true, userId });
    expect(statSync(out).mode & 0o077, "tokens are for the owner alone").toBe(0);
  });

  it("honors Retry-After, retries transient failures, and counts the retries", async () => {
    emulator.service.failNext({ status: 429, retryAfterInSeconds: 1, times: 3 });
    emulator.service.failNext({ status: 503, retryAfterInSeconds: 0 });
    emulator.service.failNext({ drop: "after" });
    const { code, output } = await run(["--users", "50"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^Retries {14}5; 3 requests were over the limit \(429\)$/m);
    expectUsers(50);
    expect(await countUsers(), "with the user of the lost response").toBe(51);
  });

  it("reports failures, exits with 1, and does the rest in the next run", async () => {
    emulator.service.failNext({ status: 409, times: 2 });
    const first = await run(["--users", "50"]);
    expect(first.code).toBe(1);
    expect(first.output).toMatch(/^Failed {15}2: 2 × 409 Conflict$/m);
    expect(first.output).toMatch(/^Not done {13}2\. Run the same command again to continue\.$/m);
    const failures = lines().filter(({ failure }) => failure);
    expect(failures.map(({ failure }) => failure?.requestId)).toEqual(
      Array(2).fill(expect.stringMatching(/^[\w-]{36}$/)),
    );

    const second = await run(["--users", "50"]);
    expect(second.code).toBe(0);
    expect(second.output).toContain("50 of 50");
    expect(second.output).toContain(", 2 by this run");
    expectUsers(50);
    expect(await countUsers()).toBe(50);
  });

  it("stops at once if the key is wrong", async () => {
    const wrongKey = Buffer.from("a key of another resource, not a secret").toString("base64");
    const connectionString = `endpoint=${emulator.url};accesskey=${wrongKey}`;
    const { code, output } = await run(["--users", "500", "--concurrency", "4"], { connectionString });
    expect(code).toBe(1);
    expect(output).toMatch(/^Failed {15}[1-4]: [1-4] × 401 Denied$/m);
    expect(emulator.service.requests.length).toBeLessThan(9);
  });

  it.each(["1e", "0", "1.5"])("rejects --users %j", async (users) => {
    const { code, progress } = await run([`--users=${users}`]);
    expect(code).toBe(1);
    expect(progress).toContain("TypeError: --users must be a whole number from 1");
  });
});

describe("a run that was killed", () => {
  const killed = { onProgress: (child: ChildProcess) => void child.kill("SIGKILL") };

  it("resumes after a line that wasn't written to its end, and leaves only users that were in flight", async () => {
    const args = ["--users", "200", "--concurrency", "8"];
    const first = await run(args, killed);
    expect(first.code, "killed").toBe(null);
    const before = lines().length;
    expect(before).toBeGreaterThan(15);
    expect(before).toBeLessThan(200);
    appendFileSync(out, '{"id":"user-199","communicationUs');

    const second = await run(args);
    expect(second.code).toBe(0);
    expect(second.output).toContain(`200 of 200 in ${out}, ${200 - before} by this run\n`);
    expectUsers(200);
    const left = (await countUsers()) - 200;
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThanOrEqual(8);
  });

  it("resumes with the users of its own emulator", async () => {
    // It goes on without us until it gets the signal, so it must not be as fast as it can.
    const args = ["--users", "150", "--limit", "500"];
    expect((await run(args, { ...killed, connectionString: "" })).code).toBe(null);
    const { code, output, progress } = await run(args, { connectionString: "" });
    expect(code, progress).toBe(0);
    expect(output).toMatch(/^Users with tokens {4}150 of 150/m);
    expect(output).toMatch(/^The emulator counts {2}1[5-8]\d users$/m);
  });
});

describe("a run that is asked to stop", () => {
  it("finishes the calls in flight, so that no user is lost", async () => {
    const onProgress = (child: ChildProcess) => void child.kill("SIGTERM");
    const { code, output } = await run(["--users", "200"], { onProgress });
    expect(code).toBe(1);
    const done = lines().length;
    expect(done).toBeLessThan(200);
    expect(output).toContain(`${done} of 200 in`);
    expect(output).toContain(`Not done             ${200 - done}.`);
    expect(await countUsers()).toBe(done);
  });
});
