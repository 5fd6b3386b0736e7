// Proves what `npm run test:live` finds and leaves, against the emulator in the place of the service.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.js";
import { type Certificates, makeCertificates } from "../helpers/certificates.js";
import { expectedOf, isByClient, playThroughClient, playToFake } from "../recorded/playback.js";
import type { Recording } from "../recorded/recorded.js";
import { alterations } from "./alterations.js";
import { type Between, startBetween } from "./between.js";
import { cases } from "./cases.js";
import { acsUsersOf, trusting } from "./emulated.js";
import { budget, type Environment, files, run, sweep } from "./run.js";
import type { Settings } from "./settings.js";

const clientId = "1a5c4717-3d0b-4e1f-9a51-6a8c2f7b9e01";
const userId = "2b6d5828-4e1c-4f20-8b62-7b9d3a8c0f12";
const tenantId = "3c7e6939-5f2d-4031-9c73-8c0e4b9d1023";

let certificates: Certificates;
let folder: string;
let printed: string[] = [];

beforeAll(async () => {
  certificates = makeCertificates();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "acs-identity-live-"));
  printed = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

async function settingsFor({ service }: Emulator, endpoint: string): Promise<Settings> {
  const token = await service.createTeamsUserToken({ appId: clientId, userId });
  return { endpoint, credential: { key: service.accessKey }, teams: { token, clientId, userId }, tenantId };
}

function environment(settings: Settings, more: Partial<Environment> = {}): Environment {
  return {
    settings,
    folder,
    print: (text) => printed.push(text),
    httpClient: trusting(certificates),
    ...more,
  };
}

const report = () => readFileSync(join(folder, files.report), "utf8");

describe.each(["standard", "strict"] as const)(
  "a run against the emulator in %s mode, over https",
  (strictness) => {
    let emulator: Emulator;
    beforeAll(async () => {
      emulator = await startEmulator({ tls: certificates, strictness });
    });
    afterAll(() => emulator.close());

    it("finds no difference, and leaves nothing", async () => {
      const code = await run(environment(await settingsFor(emulator, emulator.url), { record: true }));
      expect(report()).toContain("- Differences: 0\n");
      expect(report()).toContain(`- Cases: ${cases.length} compared, 0 not run\n`);
      expect(code).toBe(0);
      expect(await acsUsersOf(emulator, certificates)).toEqual([]);
      expect(existsSync(join(folder, files.ledger))).toBe(false);
    });
  },
);

describe("a run against a server that changes one answer", () => {
  let emulator: Emulator;
  let between: Between;
  let settings: Settings;
  beforeAll(async () => {
    emulator = await startEmulator({ tls: certificates });
    between = await startBetween(emulator.url, certificates);
    settings = await settingsFor(emulator, between.url);
  });
  afterAll(async () => {
    await between.close();
    await emulator.close();
  });

  it.each(alterations)("reports $name, and nothing else", async ({ of, matches, alter, aspect }) => {
    let isAltered = false;
    between.alter = (request, response) => {
      if (isAltered || !matches(request)) return true;
      isAltered = true;
      return alter(response) !== false;
    };
    const code = await run(environment(settings));
    expect(isAltered, "the request was there").toBe(true);
    const text = report();
    const [, found = ""] = text.split("## Differences\n\n");
    const findings = (found.split("\n## Cases")[0] ?? "").match(/^- \*\*.*\n(?: {2}- .*\n)+/gm) ?? [];
    expect(findings, found.slice(0, 3000)).toHaveLength(1);
    expect(findings[0]).toMatch(
      new RegExp(`^- \\*\\*${aspect}\\*\\*, decided by \`src/testing|src/emulator`),
    );
    expect(findings[0]).toContain(`  - in: ${of}\n`);
    const [, decider = ""] = /decided by `(.*?)`/.exec(findings[0] ?? "") ?? [];
    expect(existsSync(join(import.meta.dirname, "../..", decider)), decider).toBe(true);
    expect(code).toBe(1);
    expect(await acsUsersOf(emulator, certificates)).toEqual([]);
  });
});

describe("a run on a busy or failing service", () => {
  let emulator: Emulator;
  let between: Between;
  let settings: Settings;
  beforeEach(async () => {
    emulator = await startEmulator({ tls: certificates });
    between = await startBetween(emulator.url, certificates);
    settings = { endpoint: between.url, credential: { key: emulator.service.accessKey } };
  });
  afterEach(async () => {
    await between.close();
    await emulator.close();
  });

  it("sends a throttled request again after Retry-After, and finds no difference", async () => {
    let throttled = 0;
    between.alter = (_, response) => {
      if (++throttled === 20) {
        Object.assign(response, {
          status: 429,
          text: "{}",
          headers: { ...response.headers, "retry-after": "1" },
        });
      }
      return true;
    };
    expect(await run(environment(settings))).toBe(0);
    expect(throttled).toBeGreaterThan(20);
    // The emulator created a user for the request that seemed throttled only if that was a creation, and it wasn't.
    expect(await acsUsersOf(emulator, certificates)).toEqual([]);
  });

  it.each([4, 5])("ends if request %d is told to pause longer than the run may take", async (number) => {
    let count = 0;
    between.alter = (_, response) => {
      if (++count === number) Object.assign(response, { status: 503, headers: { "retry-after": "3600" } });
      return true;
    };
    expect(await run(environment(settings))).toBe(2);
    expect(report()).toContain("- Stopped: the service asked for a longer pause\n");
    expect(await acsUsersOf(emulator, certificates)).toEqual([]);
  });

  it("keeps in its ledger what it couldn't delete, and a sweep deletes it", async () => {
    between.alter = ({ method }, response) => {
      if (method === "DELETE") Object.assign(response, { status: 500, text: "{}" });
      return true;
    };
    // The emulator must not delete either.
    between.onPass = ({ method }, moment) => {
      if (method === "DELETE" && moment === "before") throw new Error("the connection is cut");
    };
    expect(await run(environment(settings))).toBe(2);
    expect(report()).toMatch(/^- Left at the resource: \d+ users$/m);
    const left = (await acsUsersOf(emulator, certificates)).length;
    expect(left).toBeGreaterThan(5);
    between.alter = () => true;
    between.onPass = () => {};
    expect(await sweep(environment(settings))).toBe(0);
    expect(printed.at(-1)).toBe(`Deleted ${left} users and 0 assignments.`);
    expect(await acsUsersOf(emulator, certificates)).toEqual([]);
    expect(existsSync(join(folder, files.ledger))).toBe(false);
  });

  it("says why cases don't run without a key, a Teams user and a tenant", async () => {
    const tokenCredential = emulator.service.createTokenCredential();
    expect(await run(environment({ endpoint: between.url, credential: { tokenCredential } }))).toBe(0);
    expect(report()).toMatch(/\| another key \| {2}\| {2}\| there is no access key \|/);
    expect(report()).toContain("| ACS_LIVE_TEAMS_TOKEN isn't set |");
    expect(report()).toContain("| ACS_LIVE_TENANT_ID isn't set |");
  });
});

it("makes at most as many users as its budget allows, one request at a time", async () => {
  const emulator = await startEmulator({ tls: certificates });
  const between = await startBetween(emulator.url, certificates);
  const counts = { creations: 0, deletions: 0, most: 0 };
  between.onPass = ({ method, path }, moment) => {
    counts.most = Math.max(counts.most, between.open);
    if (moment === "after") return;
    if (method === "POST" && path.startsWith("/identities?")) counts.creations++;
    if (method === "DELETE" && path.startsWith("/identities/")) counts.deletions++;
  };
  expect(await run(environment(await settingsFor(emulator, between.url)))).toBe(0);
  await between.close();
  await emulator.close();
  expect(counts.most).toBe(1);
  expect(counts.creations).toBeGreaterThan(10);
  expect(counts.creations).toBeLessThanOrEqual(budget.creations);
  expect(counts.deletions).toBeGreaterThanOrEqual(10);
  expect(counts.deletions).toBeLessThanOrEqual(budget.deletions);
});

describe("a recording of a run", () => {
  let recordings: Recording[];
  let text: string;
  let secrets: string[];

  beforeAll(async () => {
    const emulator = await startEmulator({ tls: certificates });
    const place = mkdtempSync(join(tmpdir(), "acs-identity-live-"));
    const settings = await settingsFor(emulator, emulator.url);
    await run(environment(settings, { folder: place, record: true }));
    text = readFileSync(join(place, files.recordings), "utf8");
    recordings = JSON.parse(text);
    rmSync(place, { recursive: true });
    const ids = JSON.stringify(emulator.service.requests).match(
      /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
    );
    const foreign = "00000000-0000-0000-0000-000000000000";
    secrets = [emulator.service.accessKey, new URL(emulator.url).host, clientId, userId, tenantId];
    secrets.push(...(ids ?? []).filter((id) => id !== foreign));
    await emulator.close();
  });

  it("has every exchange that is compared, without a secret or an id of the resource", () => {
    expect(recordings.length).toBeGreaterThan(90);
    expect(secrets.length).toBeGreaterThan(100);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/Signature=|"Bearer |x-ms-emulator/);
    const tokens = text.match(/"eyJ[^"]+"/g) ?? [];
    expect(tokens.length).toBeGreaterThan(15);
    const signature = Buffer.from("sanitized").toString("base64url");
    for (const token of tokens) expect(token.split(".")[2]).toBe(`${signature}"`);
  });

  it("plays back through the client, which sends and returns the same", async () => {
    const byClient = recordings.filter(isByClient);
    expect(byClient.length).toBeGreaterThan(50);
    for (const recording of byClient) {
      expect(await playThroughClient(recording), recording.name).toEqual(expectedOf(recording));
    }
  });

  it("plays back to the fake, which answers the same", async () => {
    expect(await playToFake(recordings)).toEqual([]);
  });

  it("shows where the fake has another answer", async () => {
    const changed = recordings.map((recording) =>
      recording.name === "live: no scopes 1"
        ? { ...recording, response: { ...recording.response, status: 422 } }
        : recording,
    );
    expect(await playToFake(changed)).toMatchObject([
      { name: "live: no scopes 1", aspect: "status", expected: "400", seen: "422" },
    ]);
  });
});
