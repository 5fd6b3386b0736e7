import { readFileSync } from "node:fs";
import { CommunicationIdentityClient, parseConnectionString } from "acs-identity";
import { parseIntoClientConfig } from "pg-connection-string";
import { z } from "zod";
import { scopePolicy } from "./scopePolicy.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Lists everything that is wrong with the settings, one line each. It contains no secrets. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The service can't start:\n${problems.map((problem) => `- ${problem}\n`).join("")}`);
    this.problems = problems;
  }
}

const httpsUrl = text("a URL with https").refine(isHttps, "must be a URL with https");
const list = z
  .string()
  .transform((value) => value.split(",").flatMap((part) => part.trim() || []))
  .default([]);

const databaseVariables = {
  DATABASE_URL: text("postgres://…").superRefine(check(problemOfDatabaseUrl)),
  DATABASE_AUTH: z.enum(["password", "entra"], "must be one of password, entra").default("password"),
  DATABASE_POOL_SIZE: integer(1, 100, 10),
};

const variables = {
  COMMUNICATION_ENDPOINT: httpsUrl
    .refine(
      (url) => !isHttps(url) || /^[^/]+\/\/[^/?#@]+\/*$/.test(url),
      "must have only a scheme, host and port",
    )
    .optional(),
  COMMUNICATION_CONNECTION_STRING_FILE: z.string().optional(),
  COMMUNICATION_CONNECTION_STRING: z.string().superRefine(check(problemOfConnectionString)).optional(),
  TOKEN_ISSUER: httpsUrl.refine(
    (issuer) => !/\/(?:common|organizations|consumers)\//.test(issuer),
    "isn't the issuer of any token: write {tenantid} instead of common or organizations",
  ),
  TOKEN_AUDIENCE: text("the aud claim of the callers' tokens"),
  TOKEN_JWKS_URL: httpsUrl,
  TOKEN_TENANTS: list.pipe(z.array(z.guid("must be tenant ids, separated by commas").toLowerCase())),
  TOKEN_SUBJECT_CLAIM: z.string().default("oid"),
  SCOPE_POLICY: text("the rules of who may have which scopes, in JSON").pipe(scopePolicy),
  ...databaseVariables,
  TEAMS_CLIENT_ID: z.string().optional(),
  TOKEN_LIFETIME_MINUTES: integer(60, 1440, 60),
  ALLOWED_ORIGINS: list.pipe(
    z.array(z.string().refine(isOrigin, "must be origins such as https://app.contoso.com")),
  ),
  CALLS_PER_MINUTE_AND_CALLER: integer(1, 10_000, 20),
  SHARE_OF_LIMITS: number(0.001, 1000).default(1),
  RECONCILE_AFTER_SECONDS: integer(1, 86_400, 120),
  HOST: z.string().default("0.0.0.0"),
  PORT: integer(0, 65_535, 8080),
  LOG_LEVEL: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "silent"],
      "must be one of fatal, error, warn, info, debug, silent",
    )
    .default("info"),
  DRAIN_SECONDS: integer(0, 60, 5),
};

/** How the database is reached. */
export interface DatabaseSettings {
  readonly url: string;
  readonly usesEntra: boolean;
  readonly poolSize: number;
}

/** The service's settings. README.md says what each of them means. */
export type Settings = ReturnType<typeof readSettings>;
export type AcsSettings = Settings["acs"];
export type SignInSettings = Settings["signIn"];

/**
 * Reads the production settings from the environment.
 * @throws SettingsError with every problem, not just the first.
 */
export function readSettings(environment: Environment) {
  const named = withoutBlanks(environment);
  const file = named.COMMUNICATION_CONNECTION_STRING_FILE;
  const given = { ...(file && { COMMUNICATION_CONNECTION_STRING: readText(file) }), ...named };
  const values = read(z.object(variables), given, contradictionsIn(named));
  const connectionString = values.COMMUNICATION_CONNECTION_STRING;
  const endpoint = connectionString
    ? parseConnectionString(connectionString).endpoint
    : (values.COMMUNICATION_ENDPOINT ?? "");
  return {
    acs: {
      // The ledger is bound to it, so it must not depend on how it is written.
      endpoint: new URL(endpoint).origin,
      connectionString,
      ...(file && { connectionStringFile: file }),
      shareOfLimits: values.SHARE_OF_LIMITS,
      reconcileAfterInSeconds: values.RECONCILE_AFTER_SECONDS,
    },
    signIn: {
      issuer: values.TOKEN_ISSUER,
      audience: values.TOKEN_AUDIENCE,
      jwksUrl: values.TOKEN_JWKS_URL,
      tenants: values.TOKEN_TENANTS as readonly string[],
      subjectClaim: values.TOKEN_SUBJECT_CLAIM,
    },
    policy: values.SCOPE_POLICY,
    teamsClientId: values.TEAMS_CLIENT_ID,
    tokenLifetimeInMinutes: values.TOKEN_LIFETIME_MINUTES,
    database: toDatabase(values),
    allowedOrigins: values.ALLOWED_ORIGINS as readonly string[],
    callsPerMinuteAndCaller: values.CALLS_PER_MINUTE_AND_CALLER,
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    drainInSeconds: values.DRAIN_SECONDS,
  };
}

/** Reads what `npm run migrate` needs. It throws as {@link readSettings} does. */
export function readMigrationSettings(environment: Environment): {
  readonly database: DatabaseSettings;
  readonly serviceRole: string | undefined;
} {
  const schema = z.object({ ...databaseVariables, DATABASE_SERVICE_ROLE: z.string().optional() });
  const values = read(schema, withoutBlanks(environment));
  return { database: toDatabase(values), serviceRole: values.DATABASE_SERVICE_ROLE };
}

function toDatabase(values: z.output<z.ZodObject<typeof databaseVariables>>): DatabaseSettings {
  return {
    url: values.DATABASE_URL,
    usesEntra: values.DATABASE_AUTH === "entra",
    poolSize: values.DATABASE_POOL_SIZE,
  };
}

/** An empty variable counts as missing. */
function withoutBlanks(environment: Environment): Environment {
  const given = Object.entries(environment).map(([name, value = ""]) => [name, value.trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}

function read<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
  contradictions: readonly string[] = [],
): z.output<z.ZodObject<Shape>> {
  const { data, error } = schema.safeParse(environment);
  const problems = error?.issues.map(({ path: [name, index, member], message }) => {
    const rule = name === "SCOPE_POLICY" && typeof index === "number" ? ` rule ${index + 1}:` : "";
    return [`${String(name)}${rule}`, ...(rule && member ? [String(member)] : []), message].join(" ");
  });
  if (!data || contradictions.length > 0) throw new SettingsError([...new Set(problems), ...contradictions]);
  return data;
}

/** Returns what is wrong with variables that are valid by themselves. */
function contradictionsIn(environment: Environment): string[] {
  const { TOKEN_ISSUER, TOKEN_TENANTS } = environment;
  const resources = [
    "COMMUNICATION_ENDPOINT",
    "COMMUNICATION_CONNECTION_STRING",
    "COMMUNICATION_CONNECTION_STRING_FILE",
  ].filter((name) => environment[name]);
  const isForTenants = TOKEN_ISSUER?.includes("{tenantid}");
  const givesTeams = /"teams"\s*:\s*true/.test(environment.SCOPE_POLICY ?? "");
  const checks: Readonly<Record<string, unknown>> = {
    [`${resources.join(" and ")} can't be combined: set one of them`]: resources.length > 1,
    "COMMUNICATION_ENDPOINT is missing: https://<resource>.communication.azure.com, with a managed identity; or set COMMUNICATION_CONNECTION_STRING":
      resources.length === 0,
    "TOKEN_ISSUER has {tenantid}, so TOKEN_TENANTS must list the tenants that may sign in":
      isForTenants && !TOKEN_TENANTS,
    "TOKEN_TENANTS needs {tenantid} in TOKEN_ISSUER, which names a single issuer":
      TOKEN_ISSUER && !isForTenants && TOKEN_TENANTS,
    'TEAMS_CLIENT_ID is set, but no rule of SCOPE_POLICY has "teams": true':
      environment.TEAMS_CLIENT_ID && !givesTeams,
    'A rule of SCOPE_POLICY has "teams": true, which needs TEAMS_CLIENT_ID':
      !environment.TEAMS_CLIENT_ID && givesTeams,
  };
  return Object.keys(checks).filter((problem) => checks[problem]);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new SettingsError([
      `COMMUNICATION_CONNECTION_STRING_FILE can't be read: ${(error as Error).message}`,
    ]);
  }
}

function text(meaning: string) {
  return z.string({ error: `is missing: ${meaning}` });
}

function number(from: number, to: number) {
  const error = `must be a number from ${from} to ${to}`;
  return z.coerce.number({ error }).min(from, error).max(to, error);
}

function integer(from: number, to: number, otherwise: number) {
  return number(from, to).refine(Number.isInteger, "must be a whole number").default(otherwise);
}

/** Adds the problem that `problemOf` returns, or that it throws. */
function check(problemOf: (value: string) => string | undefined) {
  return (value: string, context: z.RefinementCtx<string>) => {
    try {
      const problem = problemOf(value);
      if (problem) context.addIssue(problem);
    } catch (error) {
      context.addIssue(`can't be used: ${error instanceof Error ? error.message : "it can't be read"}`);
    }
  };
}

function problemOfConnectionString(value: string): string | undefined {
  // The client's constructor also checks the key.
  new CommunicationIdentityClient(value);
  return isHttps(parseConnectionString(value).endpoint) ? undefined : "must have an https endpoint";
}

/** Checks what the driver makes of the URL, because a parameter may replace its host or come twice. */
function problemOfDatabaseUrl(url: string): string | undefined {
  if (!/^postgres(?:ql)?:\/\/./.test(url)) return "must start with postgres://";
  if (!URL.canParse(url) || url.includes("#")) {
    return "isn't a URL: percent-encode special characters of the password, such as # as %23";
  }
  const { searchParams } = new URL(url);
  const { host = "", ssl } = parseIntoClientConfig(url);
  if (isLoopback(host) && !searchParams.has("hostaddr")) return undefined;
  const isVerified = typeof ssl === "object" && ssl.rejectUnauthorized !== false && !ssl.checkServerIdentity;
  if (isVerified && searchParams.getAll("sslmode").join() === "verify-full") return undefined;
  return "must have ?sslmode=verify-full once, because its host isn't this machine";
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "https:";
}

function isOrigin(origin: string): boolean {
  return isHttps(origin) && new URL(origin).origin === origin;
}

/** An empty host and a path stand for a Unix socket. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[?::1\]?|\/.*|)$/.test(host);
}
