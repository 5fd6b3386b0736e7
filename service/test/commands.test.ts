import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { timeLimit } from "../../test/helpers/timeLimit.js";
import { type Caller, pseudonymOf } from "../src/caller.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const good = {
  COMMUNICATION_ENDPOINT: "https://contoso.communication.azure.com",
  TOKEN_ISSUER: "https://login.contoso.com",
  TOKEN_AUDIENCE: "tokens",
  TOKEN_JWKS_URL: "https://login.contoso.com/keys",
  SCOPE_POLICY: '[{"scopes":["voip"]}]',
  // Nothing listens there.
  DATABASE_URL: "postgres://127.0.0.1:9/tokens",
};
const forTenants = {
  TOKEN_ISSUER: "https://login.contoso.com/{tenantid}",
  TOKEN_TENANTS: "00ac5000-7e4a-4717-8000-000000000001",
};

/** The other files of this process must not get the module that stands for it, nor what was loaded with it. */
function unmock(path: string): void {
  vi.doUnmock(path);
  vi.resetModules();
}

/** Runs a program of the service in this process, which takes a fraction of the time of a process of its own. */
async function run(file: string, environment: Readonly<Record<string, string>>, options: readonly string[]) {
  const { argv, env } = process;
  onTestFinished(() => {
    Object.assign(process, { argv, env, exitCode: undefined });
    vi.restoreAllMocks();
  });
  process.argv = ["node", file, ...options];
  process.env = { ...environment };
  const lines: string[] = [];
  const results: string[] = [];
  vi.spyOn(console, "error").mockImplementation((text) => void lines.push(String(text)));
  vi.spyOn(console, "log").mockImplementation((text) => void results.push(String(text)));
  vi.spyOn(process, "exit").mockImplementation((status) => {
    throw { status };
  });
  vi.resetModules();
  const { status } = await import(`../src/${file}.ts`).then(
    () => ({ status: process.exitCode ?? 0 }),
    (ended: { readonly status: number }) => ended,
  );
  return { status, text: lines.join("\n"), results };
}

describe("the command", { timeout: timeLimit }, () => {
  const wait = "npm run migrate can't start:\n- --wait must be 1 to 86400 seconds\n";
  const subject =
    "npm run offboard can't start:\n- --subject <the value of TOKEN_SUBJECT_CLAIM> names a person, --subject - those on standard input, --everybody all\n";
  const refused = "The database failed: connect ECONNREFUSED 127.0.0.1:9";

  it.each<[string, string, number, string, Readonly<Record<string, string>>?]>([
    ["migrate", "", 1, "npm run migrate can't start:\n- DATABASE_URL is missing: postgres://…\n", {}],
    ["migrate", "--wait long", 1, wait],
    ["migrate", "--wait 0.9", 1, wait],
    ["migrate", "--wait 86401", 1, wait],
    // Repeating the command helps against these failures.
    ["migrate", "--wait 1", 2, refused],
    ["migrate", "--wait 86400", 2, refused],
    ["migrate", "", 2, refused],
    ["reconcile", "", 2, refused],
    ["reconcile", "", 1, "npm run reconcile can't start:\n- PORT must be", { ...good, PORT: "many" }],
    ["offboard", "--everybody", 2, refused],
    ["offboard", "--subject alice", 2, refused],
    [
      "offboard",
      "--subject alice --issuer https://login.contoso.com/1",
      2,
      refused,
      { ...good, ...forTenants },
    ],
    ["offboard", "--everybody", 2, refused, { ...good, ...forTenants }],
    [
      "offboard",
      "--subject alice",
      1,
      "npm run offboard can't start:\n- --issuer <the issuer of the person's tokens> must name the tenant\n",
      { ...good, ...forTenants },
    ],
    ["offboard", "", 1, subject],
    [
      "offboard",
      "--everybdy",
      1,
      "npm run offboard can't start:\n- Unknown option '--everybdy': it has --subject, --issuer, --undo, --keep-access, --everybody\n",
    ],
    ["migrate", "--wat 1", 1, "npm run migrate can't start:\n- Unknown option '--wat': it has --wait\n"],
    ["reconcile", "now", 1, "npm run reconcile can't start:\n- Unexpected argument 'now'"],
    ...["--subject alice --undo --keep-access", "--everybody --undo", "--everybody --keep-access"].map(
      (options): [string, string, number, string] => [
        "offboard",
        options,
        1,
        "npm run offboard can't start:\n- --undo and --keep-access go with --subject, and not with each other\n",
      ],
    ),
    ["offboard", "--subject alice --everybody", 1, subject],
    [
      "offboard",
      "--everybody",
      1,
      "npm run offboard can't start:\n- PORT must be",
      { ...good, PORT: "many" },
    ],
    ["dev", "", 1, "npm run dev can't start:\n- it lets everybody sign in", { NODE_ENV: "production" }],
  ])("%s %s exits with %i and says: %s", async (file, options, code, says, environment = good) => {
    const { status, text } = await run(file, environment, options.split(" ").filter(Boolean));
    expect(text).toContain(says);
    expect(status).toBe(code);
  });

  const issuer = good.TOKEN_ISSUER;
  const gone = (subject: string, ...deleted: string[]) => JSON.stringify({ subject, deleted });
  const ended = (subject: string, ...deleted: string[]) =>
    JSON.stringify({ subject, caller: pseudonymOf({ issuer, subject }), deleted });
  const undone = (subject: string, undone: boolean) =>
    JSON.stringify({ subject, caller: pseudonymOf({ issuer, subject }), undone });
  const unknown = (subject: string, issuer = good.TOKEN_ISSUER) =>
    `The ledger has no user of ${subject} of ${issuer}. If somebody else has just deleted it, nothing is wrong. Otherwise`;
  const failed = (subject: string, retryAfterInSeconds: number) =>
    `{"subject":"${subject}","deleted":[],"retryAfterInSeconds":${retryAfterInSeconds},"cause":{`;
  const revoked = "All tokens are revoked. It can take 15 minutes until calling and chat refuse them";
  const counts = '{"deleted":1,"unknown":1,"failed":1}';

  it.each<
    [
      string,
      string,
      number,
      string[],
      string[],
      { environment?: typeof good; left?: number; input?: string }?,
    ]
  >([
    ["offboard", "--subject alice", 0, [ended("alice", "8:acs:alice")], []],
    ["offboard", "--subject alice --keep-access", 0, [gone("alice", "8:acs:alice")], []],
    ["offboard", "--subject alice --undo", 0, [undone("alice", true)], []],
    ["offboard", "--subject bob --undo", 3, [undone("bob", false)], ["No offboarding of bob of"]],
    [
      "offboard",
      "--subject busy --undo",
      2,
      [],
      ['{"subject":"busy","undone":false,"retryAfterInSeconds":5'],
    ],
    [
      "offboard",
      "--subject - --undo",
      2,
      [undone("alice", true), undone("bob", false)],
      ['{"subject":"busy"', '{"undone":1,"unknown":1,"failed":1}'],
    ],
    ["offboard", "--subject bob", 3, [ended("bob")], [unknown("bob")]],
    [
      "offboard",
      "--subject -",
      3,
      [ended("bob")],
      ['{"deleted":0', unknown("any of these people")],
      { input: "bob" },
    ],
    [
      "offboard",
      "--subject bob --issuer https://login.contoso.com/1",
      3,
      [
        JSON.stringify({
          subject: "bob",
          caller: pseudonymOf({ issuer: `${issuer}/1`, subject: "bob" }),
          deleted: [],
        }),
      ],
      [unknown("bob", "https://login.contoso.com/1")],
      { environment: { ...good, ...forTenants } },
    ],
    ["offboard", "--subject busy", 2, [], [failed("busy", 17)]],
    ["offboard", "--subject broken", 2, [], [failed("broken", 5)]],
    [
      "offboard",
      "--subject -",
      2,
      [ended("alice", "8:acs:alice"), ended("bob")],
      [failed("busy", 17), counts],
    ],
    ["offboard", "--everybody", 0, ['{"revoked":0,"left":0}'], [revoked]],
    ["offboard", "--everybody", 2, ['{"revoked":0,"left":1}'], [], { left: 1 }],
    ["reconcile", "", 0, ['{"failed":0}'], []],
    ["reconcile", "", 2, ['{"failed":1}'], [], { left: 1 }],
  ])("%s %s exits with %i and prints %s", async (file, options, code, prints, says, rest = {}) => {
    const { environment = good, left = 0, input = "alice\n\n bob \r\nbusy" } = rest;
    const calls: string[] = [];
    const parts = {
      prepare: async () => void calls.push("prepare"),
      close: async () => void calls.push("close"),
      users: {
        deleteUser: async ({ issuer, subject }: Caller) => {
          calls.push(issuer);
          const { Problem } = await import("../src/problem.js");
          if (subject === "busy") throw new Problem("busy", "", { retryAfterInSeconds: 17 });
          if (subject === "broken") throw new Error("broken");
          return subject === "alice" ? ["8:acs:alice"] : [];
        },
      },
      limits: { forget: async () => {} },
      log: { info: () => {} },
      store: {
        offboarded: {
          add: async ({ issuer }: Caller) => calls.push(issuer),
          remove: async ({ issuer, subject }: Caller) => {
            calls.push(issuer);
            if (subject === "busy") throw new Error("down");
            return subject === "alice";
          },
        },
        revocations: { findUnrevoked: async () => ({ users: [], left }), end: async () => {} },
      },
      reconciler: { run: async () => ({ failed: left }) },
    };
    const createParts = vi.fn((..._: unknown[]) => parts);
    vi.doMock("../src/service.js", () => ({ createParts }));
    onTestFinished(() => unmock("../src/service.js"));
    vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([input]) as never);
    const { status, text, results } = await run(file, environment, options.split(" ").filter(Boolean));
    expect(results).toEqual(prints);
    const errors = text.split("\n").filter(Boolean);
    expect(errors.map((line, index) => line.slice(0, says[index]?.length))).toEqual(says);
    expect(status).toBe(code);
    expect([calls.at(0), calls.at(-1)]).toEqual(["prepare", "close"]);
    const tenant = options.split("--issuer ")[1] ?? issuer;
    expect(new Set(calls.slice(1, -1))).toEqual(new Set(options.includes("--subject") ? [tenant] : []));
    expect(createParts.mock.lastCall?.[1], "its log isn't a result").toMatchObject({ logTo: { fd: 2 } });
  });

  it.each(["SIGTERM", "SIGINT"])(
    "ends with 0 on %s during its start, and stops once afterwards",
    async (signal) => {
      const on = vi.spyOn(process, "on").mockReturnThis();
      const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
      onTestFinished(() => void vi.restoreAllMocks());
      const prepare = async () => {
        vi.resetModules();
        const { onStop } = await import("../src/signals.js");
        return { onStop, send: on.mock.calls.findLast(([event]) => event === signal)?.[1] ?? (() => {}) };
      };
      (await prepare()).send();
      expect(exit).toHaveBeenCalledExactlyOnceWith(0);
      const { onStop, send } = await prepare();
      const stop = vi.fn(async () => {});
      onStop(stop);
      for (const _ of ["by itself", "by npm"]) send();
      expect(stop).toHaveBeenCalledOnce();
      expect(exit).toHaveBeenCalledOnce();
    },
  );

  it.each([
    ["", {}, [undefined, 60]],
    ["--wait 600", { DATABASE_SERVICE_ROLE: "tokens" }, ["tokens", 600]],
  ])("migrate %s with %o takes that role and time: %o", async (options, environment, expected) => {
    const migrate = vi.fn(async () => {});
    const close = vi.fn();
    vi.doMock("../src/store/store.js", () => ({ openStore: () => ({ schema: { migrate }, close }) }));
    onTestFinished(() => unmock("../src/store/store.js"));
    const words = options.split(" ").filter(Boolean);
    const { status, results } = await run("migrate", { ...good, ...environment }, words);
    expect([status, results]).toEqual([0, ["The database is up to date"]]);
    expect(migrate).toHaveBeenCalledExactlyOnceWith(...expected);
    expect(close).toHaveBeenCalledOnce();
  });

  it("main reads .env, which variables that are set take precedence over, and lists everything that is wrong", () => {
    const cwd = mkdtempSync(join(tmpdir(), "token-service-"));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    writeFileSync(
      join(cwd, ".env"),
      "PORT=many\nDATABASE_URL=postgres://127.0.0.1/tokens\nTOKEN_AUDIENCE=tokens\n",
    );
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), join(root, "src/main.ts")],
      { cwd, env: { DATABASE_URL: "mysql://127.0.0.1" }, encoding: "utf8" },
    );
    expect(stderr.split("\n").map((line) => /^- (\w+)/.exec(line)?.[1] ?? line)).toEqual([
      "The service can't start:",
      "TOKEN_ISSUER",
      "TOKEN_JWKS_URL",
      "SCOPE_POLICY",
      "DATABASE_URL",
      "PORT",
      "COMMUNICATION_ENDPOINT",
      "",
      "",
    ]);
    expect([status, stdout]).toEqual([1, ""]);
  });

  it("main leaves OpenTelemetry's variables that are set as they are", () => {
    const given = {
      OTEL_METRICS_EXPORTER: "none",
      OTEL_SEMCONV_STABILITY_OPT_IN: "http",
      OTEL_SERVICE_NAME: "tokens",
    };
    const print = `console.log(JSON.stringify(process.env, ${JSON.stringify(Object.keys(given))})); process.exit()`;
    const preloads = [import.meta.resolve("tsx"), join(root, "src/openTelemetry.ts")];
    const options = preloads.flatMap((file) => ["--import", file]);
    const { stdout, stderr } = spawnSync(process.execPath, [...options, "--eval", print], {
      env: { ...given, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" },
      encoding: "utf8",
    });
    expect(stdout, stderr).toBe(`${JSON.stringify(given)}\n`);
  });

  it("for production imports neither the emulator nor development code", () => {
    const sources = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && name !== "dev.ts" && !name.startsWith("dev/"))
      .map((name) => [name, readFileSync(`${root}/src/${name}`, "utf8")] as const);
    const reaching = sources.filter(([, text]) =>
      /from "[^"]*(?:\/dev\b|emulator|testing)|import\("[^"]*dev/.test(text),
    );
    expect(reaching.map(([name]) => name)).toEqual([]);
    expect(sources.length).toBeGreaterThan(15);
  });
});

describe("package.json", () => {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const { scripts, engines } = JSON.parse(read("package.json"));

  it("has the commands that README.md names, which build what they run", () => {
    const [, table = ""] = /^## Commands\n(.+?)^## /ms.exec(read("README.md")) ?? [];
    const commands = new Set([...table.matchAll(/^\| `npm (?:run )?(\w+)/gm)].map(([, name = ""]) => name));
    expect([...commands]).toEqual(["migrate", "start", "offboard", "reconcile"]);
    for (const command of commands) {
      expect(scripts[`pre${command}`]).toBe("npm run --silent build");
      if (command !== "start") expect(scripts[command]).toBe(`node dist/${command}.js`);
    }
  });

  it("starts what the image starts, and needs the Node that README.md names", () => {
    expect(read("Dockerfile")).toContain(`"${scripts.start.split(" ").join('", "')}"]`);
    expect(read("README.md")).toContain(`Node.js ${engines.node.replace(/^>=(.+)\.0$/, "$1")} or later`);
  });
});
