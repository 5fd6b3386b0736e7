import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { readSettings, SettingsError } from "../src/settings.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const accessKey = btoa("the access key of nobody");
const tenant = "00ac5000-7e4a-4717-8000-000000000001";
const good = {
  COMMUNICATION_ENDPOINT: "https://contoso.communication.azure.com/",
  TOKEN_ISSUER: `https://login.microsoftonline.com/${tenant}/v2.0`,
  TOKEN_AUDIENCE: "00ac5000-5b4a-4717-8000-0000000000aa",
  TOKEN_JWKS_URL: `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
  SCOPE_POLICY: '[{"claim":"scp","value":"access_as_user","scopes":["voip"]}]',
  DATABASE_URL: "postgres://tokens@db/tokens?sslmode=verify-full",
};

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe("the production settings", () => {
  it("require what has no safe default, and default the rest", () => {
    expect(readSettings(good)).toEqual({
      communicationEndpoint: "https://contoso.communication.azure.com",
      tokenIssuer: good.TOKEN_ISSUER,
      tokenAudience: good.TOKEN_AUDIENCE,
      tokenJwksUrl: good.TOKEN_JWKS_URL,
      tokenTenants: [],
      tokenSubjectClaim: "oid",
      scopePolicy: [{ claim: "scp", value: "access_as_user", scopes: ["voip"] }],
      databaseUrl: good.DATABASE_URL,
      databaseAuth: "password",
      databasePoolSize: 10,
      tokenLifetimeMinutes: 60,
      allowedOrigins: [],
      callsPerMinuteAndCaller: 20,
      shareOfLimits: 1,
      reconcileAfterSeconds: 120,
      host: "0.0.0.0",
      port: 8080,
      logLevel: "info",
      drainSeconds: 5,
    });
    for (const name of Object.keys(good)) {
      const problems = problemsOf({ ...good, [name]: "" });
      expect(problems, name).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} is missing`));
    }
  });

  it("take tenants in capitals for what their tokens say", () => {
    const TOKEN_ISSUER = "https://login.microsoftonline.com/{tenantid}/v2.0";
    const id = "00ac5000-7e4a-4717-8000-00000000abcd";
    const { tokenTenants } = readSettings({ ...good, TOKEN_ISSUER, TOKEN_TENANTS: id.toUpperCase() });
    expect(tokenTenants).toEqual([id]);
  });

  it.each<[Record<string, string>, RegExp]>([
    [
      { COMMUNICATION_CONNECTION_STRING: `endpoint=https://contoso.example/;accesskey=${accessKey}` },
      /can't be combined/,
    ],
    [
      {
        COMMUNICATION_ENDPOINT: "",
        COMMUNICATION_CONNECTION_STRING: `endpoint=https://contoso.example/;accesskey=${accessKey}`,
        COMMUNICATION_CONNECTION_STRING_FILE: "/dev/null",
      },
      /^COMMUNICATION_CONNECTION_STRING and COMMUNICATION_CONNECTION_STRING_FILE can't be combined/,
    ],
    [
      { COMMUNICATION_ENDPOINT: "", COMMUNICATION_CONNECTION_STRING_FILE: "/none" },
      /_FILE can't be read: ENOENT/,
    ],
    [
      { COMMUNICATION_ENDPOINT: "http://contoso.communication.azure.com" },
      /COMMUNICATION_ENDPOINT must be a URL with https, unless its host is this machine/,
    ],
    [
      { COMMUNICATION_ENDPOINT: "https://contoso.communication.azure.com/identities" },
      /COMMUNICATION_ENDPOINT must have only a scheme/,
    ],
    [{ COMMUNICATION_ENDPOINT: " " }, /COMMUNICATION_ENDPOINT is missing/],
    [{ TOKEN_JWKS_URL: "http://login.example/keys" }, /TOKEN_JWKS_URL must be a URL with https/],
    [{ TOKEN_ISSUER: "https://login.microsoftonline.com/{tenantid}/v2.0" }, /TOKEN_TENANTS must list/],
    [
      { TOKEN_ISSUER: "https://login.microsoftonline.com/common/v2.0" },
      /write \{tenantid\} instead of common/,
    ],
    [{ TOKEN_TENANTS: tenant }, /TOKEN_TENANTS needs \{tenantid\}/],
    [
      { TOKEN_ISSUER: "https://login.microsoftonline.com/{tenantid}/v2.0", TOKEN_TENANTS: "*" },
      /TOKEN_TENANTS must be tenant ids/,
    ],
    [{ SCOPE_POLICY: "voip" }, /isn't JSON/],
    [{ SCOPE_POLICY: "[]" }, /at least one rule/],
    [{ SCOPE_POLICY: '[{"scopes":["viop"]}]' }, /rule 1: scopes must be an array of chat/],
    [{ SCOPE_POLICY: '[{"scopes":["voip"],"scope":["chat"]}]' }, /rule 1: .*"scope"/],
    [{ SCOPE_POLICY: '[{"scopes":[]}]' }, /rule 1: gives nothing/],
    [{ SCOPE_POLICY: '[{"claim":"roles","scopes":["voip"]}]' }, /rule 1: claim and value/],
    [{ SCOPE_POLICY: '[{"scopes":["voip"],"teams":true}]' }, /needs TEAMS_CLIENT_ID/],
    [{ TEAMS_CLIENT_ID: tenant }, /no rule of SCOPE_POLICY has "teams": true/],
    [{ TOKEN_LIFETIME_MINUTES: "59" }, /from 60 to 1440/],
    [{ TOKEN_LIFETIME_MINUTES: "60.5" }, /a whole number/],
    [{ DATABASE_URL: "mysql://db?sslmode=verify-full" }, /must start with postgres:/],
    [{ DATABASE_URL: "postgres://db/tokens" }, /must have \?sslmode=verify-full/],
    [{ DATABASE_URL: "postgres://db/tokens?sslmode=require" }, /must have \?sslmode=verify-full/],
    [{ DATABASE_URL: "postgres://db/tokens?sslmode=verify-full&sslmode=disable" }, /must have \?sslmode=/],
    [{ DATABASE_URL: "postgres://db/tokens?sslmode=disable&sslmode=verify-full" }, /must have \?sslmode=/],
    [{ DATABASE_URL: "postgres://localhost/tokens?host=db" }, /must have \?sslmode=verify-full/],
    [{ DATABASE_URL: "postgres://localhost/tokens?host=db&sslmode=no-verify" }, /must have \?sslmode=/],
    [{ DATABASE_URL: "postgres://localhost/tokens?hostaddr=192.0.2.1" }, /must have \?sslmode=verify-full/],
    [
      { DATABASE_URL: "postgres://db/tokens?sslmode=verify-full&sslrootcert=/no/file" },
      /can't be used: ENOENT/,
    ],
    [{ DATABASE_URL: "postgres://tokens:a#b@db/tokens?sslmode=verify-full" }, /percent-encode/],
    [{ DATABASE_URL: "postgres://tokens@db/tokens?sslmode=verify-full#b" }, /percent-encode/],
    [{ DATABASE_AUTH: "none" }, /DATABASE_AUTH must be one of password, entra/],
    [{ DATABASE_POOL_SIZE: "0" }, /from 1 to 100/],
    [{ ALLOWED_ORIGINS: "*" }, /ALLOWED_ORIGINS must be origins/],
    [{ ALLOWED_ORIGINS: "https://app.contoso.com/page" }, /ALLOWED_ORIGINS must be origins/],
    [{ ALLOWED_ORIGINS: "http://localhost:5173" }, /ALLOWED_ORIGINS must be origins/],
    [{ LOG_LEVEL: "verbose" }, /LOG_LEVEL must be one of fatal/],
  ])("reject %o", (change, problem) => {
    const problems = problemsOf({ ...good, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it("need no TLS to a database on this machine", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]", "[::1]:5433"]) {
      expect(problemsOf({ ...good, DATABASE_URL: `postgres://tokens@${host}/tokens` }), host).toEqual([]);
    }
  });

  it("aren't the placeholders of .env.example", () => {
    const example = parseEnv(readFileSync(`${root}/.env.example`, "utf8"));
    const withPlaceholder = Object.keys(example).filter((name) => example[name]?.includes("<"));
    expect(withPlaceholder.length).toBeGreaterThanOrEqual(5);
    expect(problemsOf(example)).toHaveLength(withPlaceholder.length);
    for (const name of withPlaceholder) {
      const problem = `${name} has a placeholder in <>: put your own value in its place`;
      expect(problemsOf(example)).toContain(problem);
      expect(problemsOf({ ...good, [name]: example[name] })).toEqual([problem]);
    }
  });

  it("never show a key", () => {
    const broken = { ...good, COMMUNICATION_ENDPOINT: undefined };
    for (const text of [
      `endpoint=http://contoso.example/;accesskey=${accessKey}`,
      `accesskey=${accessKey}`,
    ]) {
      const problems = problemsOf({ ...broken, COMMUNICATION_CONNECTION_STRING: text });
      expect(problems).toHaveLength(1);
      expect(problems[0]).not.toContain(accessKey);
    }
  });
});

function run(file: string, environment: Record<string, string>, options: readonly string[] = []) {
  return spawnSync(process.execPath, ["--import", "tsx", file, ...options], {
    cwd: root,
    env: { PATH: process.env.PATH, ...environment },
    encoding: "utf8",
    timeout: 120_000,
  });
}

describe("the command", () => {
  it.each([
    ["src/main.ts", "The service"],
    ["src/reconcile.ts", "npm run reconcile"],
    ["src/offboard.ts", "npm run offboard"],
  ])("%s exits with 1 and lists everything that is wrong", (file, program) => {
    const { status, stdout, stderr } = run(file, { PORT: "many", DATABASE_URL: "mysql://127.0.0.1" });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.split("\n").map((line) => /^- (\w+)/.exec(line)?.[1] ?? line)).toEqual([
      `${program} can't start:`,
      "TOKEN_ISSUER",
      "TOKEN_AUDIENCE",
      "TOKEN_JWKS_URL",
      "SCOPE_POLICY",
      "DATABASE_URL",
      "PORT",
      "COMMUNICATION_ENDPOINT",
      "",
      "",
    ]);
  });

  it.each([
    ["src/migrate.ts", ["--wait", "long"], "npm run migrate can't start:\n- --wait must be", 1],
    ["src/offboard.ts", [], "npm run offboard can't start:\n- --subject", 1],
    // Nothing listens there, so it helps to repeat it.
    ["src/migrate.ts", [], "The database failed: connect ECONNREFUSED", 2],
    ["src/reconcile.ts", [], "The database failed: connect ECONNREFUSED", 2],
    ["src/offboard.ts", ["--everybody"], "The database failed: connect ECONNREFUSED", 2],
  ])("%s %o says %s, and exits with its code", (file, options, message, code) => {
    const { status, stderr } = run(file, { ...good, DATABASE_URL: "postgres://127.0.0.1:9/tokens" }, options);
    expect(stderr).toContain(message);
    expect(status).toBe(code);
  });

  it("src/dev.ts refuses NODE_ENV=production", () => {
    const { status, stderr } = run("src/dev.ts", { NODE_ENV: "production" });
    expect(status).toBe(1);
    expect(stderr).toContain("npm run dev can't start:\n- it lets everybody sign in");
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
