import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { readMigrationSettings, readSettings, SettingsError } from "../src/settings.js";
import { smallestEnvironment as good, login, tenant } from "./smallestEnvironment.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const accessKey = btoa("the access key of nobody");
const forTenants = `${login}/{tenantid}/v2.0`;
const connectionString = `endpoint=https://Contoso.example/;accesskey=${accessKey}`;
function findProblems(environment: Record<string, string | undefined>): readonly string[] {
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
      const problems = findProblems({ ...good, [name]: "" });
      expect(problems, name).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${name} is missing`));
    }
  });

  it.each<[object, Record<string, string>]>([
    [
      {
        tokenIssuer: forTenants,
        tokenTenants: [tenant, "00ac5000-7e4a-4717-8000-00000000abcd"],
      },
      {
        TOKEN_ISSUER: forTenants,
        TOKEN_TENANTS: ` ${tenant}, ,00AC5000-7E4A-4717-8000-00000000ABCD,`,
      },
    ],
    [
      { communicationEndpoint: "https://contoso.communication.azure.com" },
      { COMMUNICATION_ENDPOINT: " HTTPS://Contoso.communication.azure.com:443// " },
    ],
    [{ communicationEndpoint: "http://127.0.0.1:7311" }, { COMMUNICATION_ENDPOINT: "http://127.0.0.1:7311" }],
    [
      { communicationEndpoint: "https://contoso.example" },
      {
        COMMUNICATION_ENDPOINT: " ",
        COMMUNICATION_CONNECTION_STRING: connectionString,
      },
    ],
    [{ tokenJwksUrl: "http://[::1]:8/keys" }, { TOKEN_JWKS_URL: "http://[::1]:8/keys" }],
    [{ tokenAudience: "api://tokens" }, { TOKEN_AUDIENCE: "api://tokens" }],
    [{ tokenSubjectClaim: "sub" }, { TOKEN_SUBJECT_CLAIM: "sub" }],
    [
      { scopePolicy: [{ scopes: [], teams: true }], teamsClientId: tenant },
      { SCOPE_POLICY: '[{"teams":true}]', TEAMS_CLIENT_ID: tenant },
    ],
    [{ databaseAuth: "entra" }, { DATABASE_AUTH: "entra" }],
    [
      { allowedOrigins: ["https://one.contoso.com", "https://two.contoso.com:8443"] },
      { ALLOWED_ORIGINS: "https://one.contoso.com, https://two.contoso.com:8443," },
    ],
    [{ host: "::1" }, { HOST: "::1" }],
    ...["fatal", "error", "warn", "info", "debug", "silent"].map(
      (level): [object, Record<string, string>] => [{ logLevel: level }, { LOG_LEVEL: level }],
    ),
    [{ shareOfLimits: 0.25 }, { SHARE_OF_LIMITS: "0.25" }],
  ])("are %o from %o", (expected, change) => {
    expect(readSettings({ ...good, ...change })).toMatchObject(expected);
  });

  it.each([
    ["TOKEN_LIFETIME_MINUTES", 60, 1440],
    ["DATABASE_POOL_SIZE", 1, 100],
    ["CALLS_PER_MINUTE_AND_CALLER", 1, 10_000],
    ["SHARE_OF_LIMITS", 0.001, 1000],
    ["RECONCILE_AFTER_SECONDS", 1, 86_400],
    ["PORT", 0, 65_535],
    ["DRAIN_SECONDS", 0, 60],
  ])("have %s from %d to %d", (name, from, to) => {
    const rejected = `${name} must be a number from ${from} to ${to}`;
    const isWhole = Number.isInteger(from);
    const step = isWhole ? 1 : 0.0001;
    for (const value of [from, to]) expect(findProblems({ ...good, [name]: String(value) })).toEqual([]);
    for (const value of [from - step, to + step, "many", "1,5", "5s"]) {
      expect(findProblems({ ...good, [name]: String(value) }), String(value)).toEqual([rejected]);
    }
    const half = findProblems({ ...good, [name]: String(to - 0.5) });
    expect(half).toEqual(isWhole ? [`${name} must be a whole number`] : []);
  });

  it("of a migration are those of the database, and the role of the service", () => {
    expect(
      readMigrationSettings({ DATABASE_URL: good.DATABASE_URL, DATABASE_SERVICE_ROLE: " tokens " }),
    ).toEqual({
      databaseUrl: good.DATABASE_URL,
      databaseAuth: "password",
      databasePoolSize: 10,
      databaseServiceRole: "tokens",
    });
    expect(() => readMigrationSettings({})).toThrow("- DATABASE_URL is missing: postgres://…\n");
  });

  const noEndpoint = { COMMUNICATION_ENDPOINT: "" };
  const tls = "must have ?sslmode=verify-full once, because its host isn't this machine";
  /** Problems, and values of the variable that they name that have them, beside others. */
  const wrong: readonly (readonly [string, string, readonly string[], object?])[] = [
    ["COMMUNICATION_ENDPOINT and $ can't be combined", "COMMUNICATION_CONNECTION_STRING", [connectionString]],
    [
      "COMMUNICATION_CONNECTION_STRING and $ can't be combined: set one of them",
      "COMMUNICATION_CONNECTION_STRING_FILE",
      ["/dev/null"],
      { ...noEndpoint, COMMUNICATION_CONNECTION_STRING: connectionString },
    ],
    ["$ can't be read: ENOENT: no such", "COMMUNICATION_CONNECTION_STRING_FILE", ["/none"], noEndpoint],
    [
      "$ can't be used: ",
      "COMMUNICATION_CONNECTION_STRING",
      [connectionString.replace("https", "http"), `accesskey=${accessKey}`],
      noEndpoint,
    ],
    [
      "$ must be a URL with https, unless its host is this machine",
      "COMMUNICATION_ENDPOINT",
      ["http://contoso.example", "contoso.example", "ftp://127.0.0.1"],
    ],
    [
      "$ must have only a scheme, host and port",
      "COMMUNICATION_ENDPOINT",
      ["contoso.example/identities", "contoso.example?a=b", "contoso.example#a", "key@contoso.example"].map(
        (rest) => `https://${rest}`,
      ),
    ],
    ["$ must be a URL with https", "TOKEN_JWKS_URL", ["http://login.example", "http://127.0.0.1.example"]],
    ["$ has {tenantid}, so TOKEN_TENANTS must list the tenants", "TOKEN_ISSUER", [forTenants]],
    [
      "$ isn't the issuer of any token: write {tenantid} instead of common or organizations",
      "TOKEN_ISSUER",
      ["common", "organizations", "consumers"].map((name) => `${login}/${name}/v2.0`),
    ],
    ["$ needs {tenantid} in TOKEN_ISSUER, which names a single issuer", "TOKEN_TENANTS", [tenant]],
    [
      "$ must be tenant ids, separated by commas",
      "TOKEN_TENANTS",
      ["*", "*,*", `${tenant},contoso.com`],
      { TOKEN_ISSUER: forTenants },
    ],
    ["$ isn't JSON", "SCOPE_POLICY", ["voip"]],
    ["$ must be an array with at least one rule", "SCOPE_POLICY", ["[]", "{}"]],
    [
      "$ rule 2: scopes must be an array of chat, chat.join, chat.join.limited, voip, voip.join",
      "SCOPE_POLICY",
      ["viop", "VOIP"].map((scope) => `[{"scopes":["voip"]},{"scopes":["${scope}"]}]`),
    ],
    ["$ rule 1: ", "SCOPE_POLICY", ['[{"scopes":["voip"],"scope":["chat"]}]']],
    ["$ rule 1: gives nothing", "SCOPE_POLICY", ["[{}]", '[{"scopes":[],"teams":false}]']],
    [
      "$ rule 1: claim and value must both be given, or both be absent",
      "SCOPE_POLICY",
      ["claim", "value"].map((member) => `[{"${member}":"caller","scopes":["voip"]}]`),
    ],
    ['A rule of $ has "teams": true, which needs TEAMS_CLIENT_ID', "SCOPE_POLICY", ['[{"teams" : true}]']],
    ['$ is set, but no rule of SCOPE_POLICY has "teams": true', "TEAMS_CLIENT_ID", [tenant]],
    ["$ must start with postgres://", "DATABASE_URL", ["mysql://db?sslmode=verify-full", "postgres://"]],
    [tls, "DATABASE_URL", ["", "?sslmode=require"].map((end) => `postgres://db/tokens${end}`)],
    [
      tls,
      "DATABASE_URL",
      ["verify-full&sslmode=disable", "disable&sslmode=verify-full"].map(
        (modes) => `postgres://db/tokens?sslmode=${modes}`,
      ),
    ],
    [
      tls,
      "DATABASE_URL",
      [
        "localhost/tokens?host=db",
        "localhost/tokens?host=db&sslmode=no-verify",
        "localhost/tokens?hostaddr=192.0.2.1",
        "127.0.0.1.example/tokens",
      ].map((end) => `postgres://${end}`),
    ],
    [
      "$ can't be used: ENOENT",
      "DATABASE_URL",
      ["postgres://db/tokens?sslmode=verify-full&sslrootcert=/no/file"],
    ],
    [
      "$ isn't a URL: percent-encode special characters of the password, such as # as %23",
      "DATABASE_URL",
      ["tokens:a#b@localhost/tokens", "tokens@localhost/tokens#b", "tokens:a/b@localhost/tokens"].map(
        (rest) => `postgres://${rest}`,
      ),
    ],
    ["$ must be one of password, entra", "DATABASE_AUTH", ["none", "Entra"]],
    [
      "$ must be origins such as https://app.contoso.com",
      "ALLOWED_ORIGINS",
      [
        "*",
        "https://a.contoso.com,https://b.contoso.com/",
        "https://App.contoso.com",
        "http://localhost:5173",
      ],
    ],
    ["$ must be one of fatal, error, warn, info, debug, silent", "LOG_LEVEL", ["verbose", "INFO"]],
  ];
  const wrongValues = wrong.flatMap(([problem, name, values, others]) =>
    values.map((value) => ({ problem: problem.replace("$", name), name, value, others })),
  );

  it.each(wrongValues)("are refused if $name is $value: $problem", ({ problem, name, value, others }) => {
    const problems = findProblems({ ...good, ...others, [name]: value });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join(), "no key").not.toContain(accessKey);
  });

  it("need no TLS to a database on this machine", () => {
    const hosts = [
      "tokens@localhost",
      "tokens@127.0.0.1",
      "127.1.2.3",
      "[::1]:5433",
      "localhost/t?host=/var/run/postgresql&",
      "",
    ];
    for (const host of hosts) {
      expect(findProblems({ ...good, DATABASE_URL: `postgresql://${host}/tokens` }), host).toEqual([]);
    }
  });

  it("aren't the placeholders of .env.example", () => {
    const example = parseEnv(readFileSync(`${root}/.env.example`, "utf8"));
    expect(Object.keys(example).toSorted(), "what has no default").toEqual(Object.keys(good).toSorted());
    const withPlaceholder = Object.keys(example).filter((name) => example[name]?.includes("<"));
    expect(findProblems(example)).toHaveLength(withPlaceholder.length);
    for (const name of withPlaceholder) {
      const problem = `${name} has a placeholder in <>: put your own value in its place`;
      expect(findProblems(example)).toContain(problem);
      expect(findProblems({ ...good, [name]: example[name] })).toEqual([problem]);
    }
  });

  it("have the defaults that settings.md promises", () => {
    const readme = readFileSync(`${root}/settings.md`, "utf8");
    const given = Object.entries(readSettings(good)).map(([name, value]) => [
      name.replace(/[A-Z]/g, "_$&").toUpperCase(),
      String(value) || "none",
    ]);
    const promised = [...readme.matchAll(/^\| (`(?!OTEL).+?`) \| .*Default: (.+) \|$/gm)].flatMap(
      ([, names = "", values = ""]) =>
        names.split(", ").map((name, index) => [name, values.split(", ")[index]?.match(/[\w.]*\w/)?.[0]]),
    );
    expect(promised).toHaveLength(12);
    expect(given.map(([name, value]) => [`\`${name}\``, value])).toEqual(expect.arrayContaining(promised));
  });
});
