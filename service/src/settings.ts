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
    super(problems.map((problem) => `- ${problem}\n`).join(""));
    this.problems = problems;
  }
}

const httpsUrl = text("a URL with https").refine(
  isPrivate,
  "must be a URL with https, unless its host is this machine",
);
const list = z
  .string()
  .transform((value) => value.split(",").flatMap((part) => part.trim() || []))
  .default([]);

/** The settings of the database. Each has the name of its variable, in camel case. */
const databaseSettings = {
  databaseUrl: text("postgres://…").superRefine(check(databaseUrlProblem)),
  databaseAuth: oneOf("password", "entra").default("password"),
  databasePoolSize: integer(1, 100, 10),
};

const settings = {
  communicationEndpoint: httpsUrl
    .refine(
      (url) => !isPrivate(url) || /^[^/]+\/\/[^/?#@]+\/*$/.test(url),
      "must have only a scheme, host and port",
    )
    .optional(),
  communicationConnectionStringFile: z.string().optional(),
  communicationConnectionString: z.string().superRefine(check(connectionStringProblem)).optional(),
  tokenIssuer: httpsUrl.refine(
    (issuer) => !/\/(?:common|organizations|consumers)\//.test(issuer),
    "isn't the issuer of any token: write {tenantid} instead of common or organizations",
  ),
  tokenAudience: text("the aud claim of the callers' tokens"),
  tokenJwksUrl: httpsUrl,
  tokenTenants: list.pipe(z.array(z.guid("must be tenant ids, separated by commas").toLowerCase())),
  tokenSubjectClaim: z.string().default("oid"),
  scopePolicy: text("the rules of who may have which scopes, in JSON").pipe(scopePolicy),
  ...databaseSettings,
  teamsClientId: z.string().optional(),
  tokenLifetimeMinutes: integer(60, 1440, 60),
  allowedOrigins: list.pipe(
    z.array(z.string().refine(isOrigin, "must be origins such as https://app.contoso.com")),
  ),
  callsPerMinuteAndCaller: integer(1, 10_000, 20),
  shareOfLimits: number(0.001, 1000).default(1),
  reconcileAfterSeconds: integer(1, 86_400, 120),
  host: z.string().default("0.0.0.0"),
  port: integer(0, 65_535, 8080),
  logLevel: oneOf("fatal", "error", "warn", "info", "debug", "silent").default("info"),
  drainSeconds: integer(0, 60, 5),
};

export type DatabaseSettings = z.output<z.ZodObject<typeof databaseSettings>>;
/** The service's settings. settings.md says what each of them means. */
export type Settings = ReturnType<typeof readSettings>;

/**
 * Reads the production settings from the environment.
 * @throws SettingsError with every problem, not just the first.
 */
export function readSettings(environment: Environment) {
  const given = withoutBlanks(environment);
  const file = given.COMMUNICATION_CONNECTION_STRING_FILE;
  const text = file ? { COMMUNICATION_CONNECTION_STRING: readText(file) } : {};
  const values = read(z.object(settings), { ...text, ...given }, contradictionsIn(given));
  const { communicationConnectionString, communicationEndpoint = "" } = values;
  const endpoint = communicationConnectionString
    ? parseConnectionString(communicationConnectionString).endpoint
    : communicationEndpoint;
  // The ledger is bound to the endpoint, so that must not depend on how it is written.
  return { ...values, communicationEndpoint: new URL(endpoint).origin };
}

/** Reads what `npm run migrate` needs. It throws as {@link readSettings} does. */
export function readMigrationSettings(
  environment: Environment,
): DatabaseSettings & { readonly databaseServiceRole?: string | undefined } {
  const schema = z.object({ ...databaseSettings, databaseServiceRole: z.string().optional() });
  return read(schema, withoutBlanks(environment));
}

/** Leaves out variables that are empty, because they count as missing. */
function withoutBlanks(environment: Environment): Environment {
  const given = Object.entries(environment).map(([name, value = ""]) => [name, value.trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}

function read<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
  contradictions: readonly string[] = [],
): z.output<z.ZodObject<Shape>> {
  const named = Object.keys(schema.shape).map((name) => [name, variableForSetting(name)] as const);
  const given = Object.fromEntries(named.map(([name, variable]) => [name, environment[variable]]));
  const hasPlaceholder = (name: PropertyKey = "") => /<[^<>]+>/.test(given[String(name)] ?? "");
  const { data, error } = schema.safeParse(given);
  const problems = [
    ...named
      .filter(([name]) => hasPlaceholder(name))
      .map(([, variable]) => `${variable} has a placeholder in <>: put your own value in its place`),
    ...(error?.issues ?? [])
      .filter(({ path: [name] }) => !hasPlaceholder(name))
      .map(({ path: [name, index, member], message }) => {
        const rule = name === "scopePolicy" && typeof index === "number" ? [`rule ${index + 1}:`] : [];
        const place = rule.length > 0 && member ? [...rule, String(member)] : rule;
        return [variableForSetting(String(name)), ...place, message].join(" ");
      }),
    ...contradictions,
  ];
  if (!data || problems.length > 0) throw new SettingsError([...new Set(problems)]);
  return data;
}

/** Returns the variable of a setting, such as LOG_LEVEL for `logLevel`. */
function variableForSetting(name: string): string {
  return name.replace(/[A-Z]/g, "_$&").toUpperCase();
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

function oneOf<const Names extends readonly string[]>(...names: Names) {
  return z.enum(names, `must be one of ${names.join(", ")}`);
}

function number(from: number, to: number) {
  const error = `must be a number from ${from} to ${to}`;
  return z.coerce.number({ error }).min(from, error).max(to, error);
}

function integer(from: number, to: number, otherwise: number) {
  return number(from, to).refine(Number.isInteger, "must be a whole number").default(otherwise);
}

/** Adds the problem that `findProblem` returns, or that it throws. */
function check(findProblem: (value: string) => string | undefined) {
  return (value: string, context: z.RefinementCtx<string>) => {
    try {
      const problem = findProblem(value);
      if (problem) context.addIssue(problem);
    } catch (error) {
      context.addIssue(`can't be used: ${error instanceof Error ? error.message : "it can't be read"}`);
    }
  };
}

/** Throws what is wrong: the client's constructor checks the key, and refuses plain http to another machine. */
function connectionStringProblem(value: string): undefined {
  new CommunicationIdentityClient(value);
}

/** Returns what is wrong with what the driver makes of the URL: a parameter may replace its host, or come twice. */
function databaseUrlProblem(url: string): string | undefined {
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

/** Tells whether requests to a URL are encrypted, or stay on this machine and need no encryption. */
function isPrivate(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function isOrigin(origin: string): boolean {
  return origin.startsWith("https://") && URL.canParse(origin) && new URL(origin).origin === origin;
}

/** An empty host and a path stand for a Unix socket. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[?::1\]?|\/.*|)$/.test(host);
}
