// Kills `npm run test:live` in twenty places, and sees what a sweep finds and leaves.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { type Certificates, makeCertificates } from "../helpers/certificates.js";
import { type Between, type PassingRequest, startBetween } from "./between.js";
import { acsUsersOf, trusting } from "./emulated.js";
import { files, sweep } from "./run.js";

let certificates: Certificates;
let emulator: Emulator;
let between: Between;
let folder: string;
let program: string;

beforeAll(async () => {
  certificates = makeCertificates();
  emulator = await startEmulator({ tls: certificates });
  between = await startBetween(emulator.url, certificates);
  folder = mkdtempSync(join(tmpdir(), "acs-identity-kills-"));
  writeFileSync(join(folder, "ca.pem"), certificates.ca);
  // Bundled, because it starts twenty times.
  program = join(import.meta.dirname, `../../test-results/live-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
});

afterAll(async () => {
  await between.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
  rmSync(program);
});

/** Starts the command in a folder of its own. */
function start(place: string): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; text: string }>;
} {
  const child = spawn(process.execPath, [program], {
    cwd: place,
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      ACS_LIVE_CONNECTION_STRING: `endpoint=${between.url}/;accesskey=${emulator.service.accessKey}`,
      ACS_LIVE_CONFIRM: new URL(between.url).host,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += String(chunk);
    });
  }
  return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, text })) };
}

/** Sweeps in this process, which is faster. */
async function sweepIn(place: string): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await sweep({
    settings: { endpoint: between.url, credential: { key: emulator.service.accessKey } },
    folder: place,
    print: (line) => lines.push(line),
    httpClient: trusting(certificates),
  });
  return { code, text: lines.join("\n") };
}

const creates = ({ method, path }: PassingRequest) => method === "POST" && path.startsWith("/identities?");
const deletes = ({ method }: PassingRequest) => method === "DELETE";
const issues = ({ path }: PassingRequest) => path.includes(":issueAccessToken");

/** Twenty places: before and after the nth request of a kind. */
const places = [
  ...[1, 2, 3, 4, 8, 12].map((count) => ({ what: "creation", matches: creates, count })),
  ...[1, 6, 12].map((count) => ({ what: "deletion", matches: deletes, count })),
  { what: "token", matches: issues, count: 9 },
].flatMap((place) => (["before", "after"] as const).map((moment) => ({ ...place, moment })));

it.each(places)(
  "killed $moment $what $count passes, a sweep deletes all but what was in flight",
  async ({ what, matches, count, moment }) => {
    const place = mkdtempSync(join(folder, "run-"));
    const { child, ended } = start(place);
    let passed = 0;
    between.onPass = async (request, now) => {
      if (now !== moment || !matches(request) || ++passed !== count) return;
      child.kill("SIGKILL");
      await ended;
    };
    const { code } = await ended;
    between.onPass = () => {};
    expect(code, "it was killed").toBe(null);
    // A request that had left before the kill still arrives.
    await expect.poll(() => between.open).toBe(0);
    const swept = await sweepIn(place);
    const left = await acsUsersOf(emulator, certificates);
    emulator.service.reset();
    expect(swept.code).toBe(0);
    expect(/in flight: at most 1 user is left/.test(swept.text)).toBe(what === "creation");
    expect(left.length).toBeLessThanOrEqual(what === "creation" ? 1 : 0);
    expect((await sweepIn(place)).text, "nothing is left to sweep").toBe(
      "Deleted 0 users and 0 assignments.",
    );
  },
);

it("deletes what it created after SIGINT", async () => {
  const place = mkdtempSync(join(folder, "run-"));
  const { child, ended } = start(place);
  let passed = 0;
  between.onPass = (request, now) => {
    if (now === "before" && creates(request) && ++passed === 3) child.kill("SIGINT");
  };
  const { code, text } = await ended;
  between.onPass = () => {};
  expect(text).toContain("Stopped: it was interrupted");
  expect(text).toContain("Left at the resource: nothing.");
  expect(code).toBe(2);
  expect(await acsUsersOf(emulator, certificates)).toEqual([]);
});

it("doesn't start before an earlier run is swept", async () => {
  const place = mkdtempSync(join(folder, "run-"));
  writeFileSync(
    join(place, files.ledger),
    `${JSON.stringify({ host: new URL(between.url).host, creating: 1 })}\n`,
  );
  const { code, text } = await start(place).ended;
  expect(text).toContain("npm run test:live -- --sweep");
  expect(code).toBe(2);
});
