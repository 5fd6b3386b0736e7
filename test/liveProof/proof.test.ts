// Proves `npm run test:live` against the emulator over https.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createHttpHeaders, type PipelineRequest, type PipelineResponse } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { newestApiVersion } from "../../src/generated/apiVersions.js";
import { expectedOf, isByClient, playThroughClient, playToFake } from "../helpers/recorded/playback.js";
import type { Recording } from "../helpers/recorded/recorded.js";
import { cases, newest } from "../live/cases.js";
import { contentOf, startResource, teamsUser, tenantId } from "../live/emulated.js";
import { budget, files, ledgerOf, run } from "../live/run.js";
import type { Settings } from "../live/settings.js";

const read = ({ folder }: { folder: string }, name: string) => readFileSync(join(folder, name), "utf8");

describe("a run against the emulator", () => {
  it.each(["in standard mode", "in strict mode", "with an Entra credential"])(
    "finds no difference, and leaves nothing: %s",
    async (mode) => {
      const resource = await startResource(mode === "in strict mode" ? { strictness: "strict" } : {});
      const { service, url } = resource.emulator;
      const untouched = contentOf(resource.emulator);
      const isEntra = mode === "with an Entra credential";
      let [open, most, creations] = [0, 0, 0];
      const environment = await resource.environment(
        {
          before: ({ method, url }) => {
            most = Math.max(most, ++open);
            if (method === "POST" && new URL(url).pathname === "/identities") creations++;
          },
          after: () => void open--,
        },
        isEntra ? { credential: service.createTokenCredential() } : {},
      );
      const code = await run(environment);
      const report = read(environment, files.report);
      expect(report).toContain("- Differences: 0\n");
      expect(report).toContain(`- ${newest}it can be the default\n`);
      const skipped = isEntra ? 7 : 0;
      expect(report).toContain(`- Cases: ${cases.length - skipped} compared, ${skipped} not run\n`);
      expect(report.match(/\| there is no access key \|/g) ?? []).toHaveLength(skipped);
      expect(code).toBe(0);
      expect(contentOf(resource.emulator)).toEqual(untouched);
      expect(existsSync(join(environment.folder, ledgerOf(url)))).toBe(false);
      expect(most, "one request at a time").toBe(1);
      expect(creations).toBeGreaterThan(10);
      expect(creations).toBeLessThanOrEqual(budget.users);
    },
  );
});

type Members = Record<string, unknown>;
type Alter = (response: PipelineResponse) => unknown;

const set = (changes: object) => (response: PipelineResponse) => Object.assign(response, changes);
const header = (name: string, value?: string) => (response: PipelineResponse) =>
  value === undefined ? response.headers.delete(name) : response.headers.set(name, value);
/** Changes members of a body, of one of its objects, or of the claims of its token, whose signature then is wrong. */
const body =
  (change: Members | ((body: Members) => Members), at?: "error" | "identity") =>
  (response: PipelineResponse) => {
    const all = JSON.parse(response.bodyAsText ?? "") as Members;
    const part = at ? (all[at] as Members) : all;
    Object.assign(part, typeof change === "function" ? change(part) : change);
    response.bodyAsText = JSON.stringify(all);
  };
const claims = (change: Members) =>
  body(({ token }) => {
    const [header, claims = "", signature] = String(token).split(".");
    const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), ...change };
    return {
      token: [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join("."),
    };
  });
const expiry = (change: (text: string) => string) =>
  body(({ expiresOn }) => ({ expiresOn: change(String(expiresOn)) }));
const earlier = (text: string) =>
  new Date(Date.parse(text) - 60_000).toISOString().replace(/\.\d+Z/, ".1+00:00");
const refused = { status: 403, bodyAsText: '{"error":{"code":"Forbidden","message":"No."}}' };
const ofNewest = `api-version=${newestApiVersion}`;
const opaque = body({ token: "opaque" });
const verified = "getToken, verified with the published keys";

/**
 * For each aspect that is compared, in each way in which it can differ: the request whose response is altered (method,
 * path and body), and how the report names the difference and its case.
 */
const differences: readonly [aspect: string, of: string, request: RegExp, alter: Alter, number?: number][] = [
  ["status", "deleteUser", /^DELETE/, set({ status: 200 })],
  ["answer", "version 2022-06-01", /version=2022-06-01 /, set(refused)],
  ["answer", "a body that isn't JSON", / \{$/, () => Promise.reject(new Error("cut"))],
  ["error.code", "no scopes", /"scopes":\[\]/, body({ code: "Other" }, "error")],
  ["error.target", "1441 minutes", /1441/, body({ target: undefined }, "error")],
  ["error.details", "scopes that are null", /:null/, body({ details: [{ code: "Required" }] }, "error")],
  ["body etag", "getUserDetail before and after a token", /^GET .identities/, body({ etag: "one" })],
  ["body", "an unknown path", /:nothing/, set({ bodyAsText: "<html>" })],
  ["body expiresOn", "60 minutes", /"scopes".*:60\b/, expiry((text) => text.replace("+00:00", "Z"))],
  ["body expiresOn after Date", "1440 minutes", /:1440/, expiry(earlier)],
  ["token", "scope voip.join", /"voip.join"/, body({ token: "an-encrypted-token" })],
  ["token claims", "scope chat.join", /"chat.join"/, claims({ rgn: "amer" })],
  ["token scopes", "two scopes", /"voip","chat"/, claims({ acsScope: "chat voip" })],
  ["token signature", verified, /well-known/, set({ status: 404 })],
  ["header access-control-allow-origin", "CORS preflight", /^OPTIONS/, header("access-control-allow-origin")],
  [
    "header content-type",
    "createUserAndToken",
    /createTokenWith/,
    header("content-type", "application/json"),
  ],
  ["header x-ms-region", "an unknown path", /:nothing/, header("x-ms-region", "westeurope")],
  [
    "the user's id",
    "customId, twice the same",
    /customId/,
    body({ id: `8:acs:${tenantId}_${tenantId}` }, "identity"),
    2,
  ],
];

const lineOf = ({ method, url, body }: PipelineRequest) => {
  const { pathname, search } = new URL(url);
  return `${method} ${pathname}${search} ${body ?? ""}`;
};

describe("a run against a service with one other response", () => {
  it.each(differences)(
    "reports %s in the case %s, and nothing else",
    async (aspect, of, request, alter, number = 1) => {
      const resource = await startResource();
      const untouched = contentOf(resource.emulator);
      let alterations = 0;
      const environment = await resource.environment({
        after: (response, passing) =>
          request.test(lineOf(passing)) && ++alterations === number ? alter(response) : undefined,
      });
      expect(await run(environment)).toBe(1);
      const [, findings = ""] = read(environment, files.report).split(/## Differences\n\n|\n## Cases/);
      const [first = "", ...others] = findings.match(/^- \*\*.*\n(?: {2}- .*\n)+/gm) ?? [];
      expect(others).toEqual([]);
      const [, named, decider = ""] = /^- \*\*(.*)\*\*, decided by `(.*)`/.exec(first) ?? [];
      expect(named).toBe(aspect);
      expect(first).toContain(`  - in: ${of}\n`);
      expect(existsSync(decider), decider).toBe(true);
      expect(contentOf(resource.emulator)).toEqual(untouched);
    },
  );

  it.each([
    ["it can be the default", ":revokeAccessTokens?", header("x-ms-region", "westeurope")],
    ["it can't be the default, because of revokeTokens", `:revokeAccessTokens?${ofNewest}`, set(refused)],
    ["it can't be the default, because of getToken", `:issueAccessToken?${ofNewest}`, opaque],
    [
      "it can be the default, as far as it was tried. Not tried: a Teams extension assignment",
      "/identities?",
      header("x-ms-region", "westeurope"),
      { tenantId: "" },
    ],
  ])("says of the newest version: %s", async (verdict, part, alter, settings?: Partial<Settings>) => {
    const resource = await startResource();
    const after = (response: PipelineResponse, passing: PipelineRequest) =>
      passing.url.includes(part) ? alter(response) : undefined;
    const environment = await resource.environment({ after }, settings);
    expect(await run(environment)).toBe(1);
    expect(read(environment, files.report)).toContain(`- ${newest}${verdict}\n`);
  });

  it("reports that an unknown header is there and not its value, which may belong to somebody", async () => {
    const resource = await startResource();
    const environment = await resource.environment({
      after: ({ headers }, request) => {
        headers.set("set-cookie", "session=a-secret; mail=anna@contoso.com");
        headers.set("x-echo", request.headers.get("authorization") ?? "none");
      },
    });
    expect(await run({ ...environment, record: true })).toBe(1);
    const report = read(environment, files.report);
    expect(report).toMatch(/^- \*\*header set-cookie\*\*.*\n.*absent\n {2}- the service: present\n/m);
    for (const text of [report, read(environment, files.recordings)])
      expect(text).not.toMatch(/a-secret|anna|Signature=|SignedHeaders/);
  });

  it("writes no report with the signature of a request", async () => {
    const resource = await startResource();
    const environment = await resource.environment({
      after: (response, request) => {
        const message = request.headers.get("authorization");
        if (response.status === 415) body({ message }, "error")(response);
      },
    });
    await expect(run(environment)).rejects.toThrow("holds a token or a signature of the resource");
    expect(existsSync(join(environment.folder, files.report))).toBe(false);
  });
});

describe("a run against a busy service", () => {
  /** Answers one request as a busy service does. */
  async function runOnBusy(number: number, status: number, retryAfter: string) {
    const resource = await startResource();
    const untouched = contentOf(resource.emulator);
    let count = 0;
    const environment = await resource.environment({
      after: (response) => {
        if (++count === number)
          Object.assign(response, {
            status,
            bodyAsText: "",
            headers: createHttpHeaders({ "retry-after": retryAfter }),
          });
      },
    });
    const code = await run(environment);
    expect(contentOf(resource.emulator)).toEqual(untouched);
    return { code, report: read(environment, files.report) };
  }

  it("sends a throttled request again after Retry-After, and finds no difference", async () => {
    expect(await runOnBusy(20, 429, "1")).toMatchObject({ code: 0 });
  });

  it("ends if it is told to pause for longer than it may take", async () => {
    const { code, report } = await runOnBusy(4, 503, "3600");
    expect(code).toBe(2);
    expect(report).toContain("- Stopped: the service asked for a longer pause\n");
  });
});

it("a recording of a run has every exchange, no secret, and plays back through the client and to the fake", async () => {
  const resource = await startResource();
  const environment = await resource.environment();
  await run({ ...environment, record: true });
  const text = read(environment, files.recordings);
  const { service, url } = resource.emulator;
  const ids = JSON.stringify(service.requests).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  const secrets = [service.accessKey, new URL(url).host, tenantId, ...Object.values(teamsUser), ...ids];
  expect(secrets.length).toBeGreaterThan(100);
  const found = secrets.filter((secret) => text.includes(secret));
  expect(found.filter((secret) => secret !== "00000000-0000-0000-0000-000000000000")).toEqual([]);
  const recordings = JSON.parse(text) as Recording[];
  expect(recordings.length).toBeGreaterThan(90);
  const byClient = recordings.filter(isByClient);
  expect(byClient.length).toBeGreaterThan(50);
  for (const recording of byClient)
    expect(await playThroughClient(recording), recording.name).toEqual(expectedOf(recording));
  const changed = recordings.map((recording) =>
    recording.name === "live: no scopes 1"
      ? { ...recording, response: { ...recording.response, status: 422 } }
      : recording,
  );
  expect(await playToFake(recordings)).toEqual([]);
  expect(await playToFake(changed)).toMatchObject([
    { name: "live: no scopes 1", aspect: "status", seen: "422" },
  ]);
});
