import { CommunicationIdentityClient, parseConnectionString } from "acs-identity";
import { readScopePolicy, type ScopePolicy } from "./scopePolicy.js";

/** The service's settings. */
export interface Settings {
  readonly acs: AcsSettings;
  readonly signIn: SignInSettings;
  readonly policy: ScopePolicy;
  /** The Entra application that Teams users' tokens are issued to. Undefined if there is no exchange. */
  readonly teamsClientId: string | undefined;
  /** From 60 to 1440. */
  readonly tokenLifetimeInMinutes: number;
  /** `postgres://…` */
  readonly databaseUrl: string;
  /** Origins of the pages that may call the service. */
  readonly allowedOrigins: readonly string[];
  readonly callsPerMinuteAndCaller: number;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  /** How long the service keeps answering after SIGTERM, so that the load balancer can notice. */
  readonly drainInSeconds: number;
}

export interface AcsSettings {
  readonly endpoint: string;
  /** If undefined, the service uses `DefaultAzureCredential` with the endpoint. */
  readonly connectionString: string | undefined;
  /** The share of the resource's limits that this service may use; above 1 if Microsoft has raised them. */
  readonly shareOfLimits: number;
  /** How long an unfinished entry of the ledger must be idle before it counts as left by a crash. */
  readonly reconcileAfterInSeconds: number;
}

/** Whose sign-ins are accepted. */
export interface SignInSettings {
  /** The `iss` claim, in which `{tenantid}` stands for the tenant. */
  readonly issuer: string;
  /** The `aud` claim: this service, so that a token for another one isn't accepted. */
  readonly audience: string;
  readonly jwksUrl: string;
  /** The tenants that may sign in; empty if the issuer names its tenant. */
  readonly tenants: readonly string[];
  /** The claim that names the user within the issuer. */
  readonly subjectClaim: string;
}

const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

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

/**
 * Reads the production settings from the environment.
 * @throws SettingsError with every problem, not just the first.
 */
export function readSettings(environment: Environment): Settings {
  const reader = new Reader(environment);
  const settings: Settings = {
    acs: readAcs(reader),
    signIn: readSignIn(reader),
    policy: readPolicy(reader),
    teamsClientId: reader.text("TEAMS_CLIENT_ID"),
    tokenLifetimeInMinutes: reader.integer("TOKEN_LIFETIME_MINUTES", 60, { from: 60, to: 1440 }),
    databaseUrl: readDatabaseUrl(reader),
    allowedOrigins: readOrigins(reader),
    callsPerMinuteAndCaller: reader.integer("CALLS_PER_MINUTE_AND_CALLER", 20, { from: 1, to: 10_000 }),
    host: reader.text("HOST") ?? "0.0.0.0",
    port: reader.integer("PORT", 8080, { from: 0, to: 65_535 }),
    logLevel: reader.oneOf("LOG_LEVEL", logLevels, "info"),
    drainInSeconds: reader.integer("DRAIN_SECONDS", 5, { from: 0, to: 60 }),
  };
  if (settings.teamsClientId && !settings.policy.some(({ teams }) => teams)) {
    reader.report('TEAMS_CLIENT_ID is set, but no rule of SCOPE_POLICY has "teams": true');
  }
  if (!settings.teamsClientId && settings.policy.some(({ teams }) => teams)) {
    reader.report('A rule of SCOPE_POLICY has "teams": true, which needs TEAMS_CLIENT_ID');
  }
  reader.check();
  return settings;
}

function readAcs(reader: Reader): AcsSettings {
  const connectionString = reader.text("COMMUNICATION_CONNECTION_STRING");
  const given = reader.text("COMMUNICATION_ENDPOINT");
  if (given && connectionString) {
    reader.report(
      "COMMUNICATION_ENDPOINT and COMMUNICATION_CONNECTION_STRING can't be combined: set one of them",
    );
  } else if (!given && !connectionString) {
    reader.report(
      "COMMUNICATION_ENDPOINT is missing: https://<resource>.communication.azure.com, with a managed identity; or set COMMUNICATION_CONNECTION_STRING",
    );
  }
  const endpoint = given ? reader.httpsUrl("COMMUNICATION_ENDPOINT") : endpointOf(reader, connectionString);
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    connectionString,
    shareOfLimits: reader.number("SHARE_OF_LIMITS", 1, { from: 0.001, to: 1000 }),
    reconcileAfterInSeconds: reader.integer("RECONCILE_AFTER_SECONDS", 120, { from: 1, to: 86_400 }),
  };
}

function endpointOf(reader: Reader, connectionString: string | undefined): string {
  if (!connectionString) return "";
  try {
    // The client's constructor also checks the key.
    new CommunicationIdentityClient(connectionString);
    const { endpoint } = parseConnectionString(connectionString);
    if (!endpoint.startsWith("https:")) {
      reader.report("COMMUNICATION_CONNECTION_STRING must have an https endpoint");
    }
    return endpoint;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it can't be read";
    reader.report(`COMMUNICATION_CONNECTION_STRING can't be used: ${reason}`);
    return "";
  }
}

function readSignIn(reader: Reader): SignInSettings {
  const issuer = reader.httpsUrl("TOKEN_ISSUER");
  const tenants = reader.list("TOKEN_TENANTS").map((tenant) => tenant.toLowerCase());
  const namesTenant = issuer.includes("{tenantid}");
  if (namesTenant && tenants.length === 0) {
    reader.report("TOKEN_ISSUER has {tenantid}, so TOKEN_TENANTS must list the tenants that may sign in");
  }
  if (issuer && !namesTenant && tenants.length > 0) {
    reader.report("TOKEN_TENANTS needs {tenantid} in TOKEN_ISSUER, which names a single issuer");
  }
  if (/\/(?:common|organizations|consumers)\//.test(issuer)) {
    reader.report(
      "TOKEN_ISSUER isn't the issuer of any token: write {tenantid} instead of common or organizations",
    );
  }
  for (const tenant of tenants) {
    if (!isGuid(tenant))
      reader.report(`TOKEN_TENANTS must be tenant ids, separated by commas; one is ${tenant}`);
  }
  return {
    issuer,
    audience: reader.required("TOKEN_AUDIENCE", "the aud claim of the callers' tokens"),
    jwksUrl: reader.httpsUrl("TOKEN_JWKS_URL"),
    tenants,
    subjectClaim: reader.text("TOKEN_SUBJECT_CLAIM") ?? "oid",
  };
}

function readPolicy(reader: Reader): ScopePolicy {
  const text = reader.required("SCOPE_POLICY", "the rules of who may have which scopes, in JSON");
  if (!text) return [];
  const { policy, problems } = readScopePolicy(text);
  for (const problem of problems) reader.report(`SCOPE_POLICY ${problem}`);
  return policy;
}

function readDatabaseUrl(reader: Reader): string {
  const url = reader.required("DATABASE_URL", "postgres://…");
  if (url && !/^postgres(?:ql)?:\/\/./.test(url)) reader.report("DATABASE_URL must start with postgres://");
  return url;
}

function readOrigins(reader: Reader): readonly string[] {
  const origins = reader.list("ALLOWED_ORIGINS");
  for (const origin of origins) {
    const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin && origin.startsWith("https:");
    if (!isOrigin)
      reader.report(`ALLOWED_ORIGINS must be origins such as https://app.contoso.com; one is ${origin}`);
  }
  return origins;
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Reads variables and collects what is wrong with them. An empty variable counts as missing. */
class Reader {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  report(problem: string): void {
    this.#problems.push(problem);
  }

  /** @throws SettingsError */
  check(): void {
    if (this.#problems.length > 0) throw new SettingsError(this.#problems);
  }

  text(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined;
  }

  required(name: string, meaning: string): string {
    const text = this.text(name);
    if (!text) this.report(`${name} is missing: ${meaning}`);
    return text ?? "";
  }

  httpsUrl(name: string): string {
    const text = this.required(name, "a URL with https");
    const isHttps = URL.canParse(text) && new URL(text).protocol === "https:";
    if (text && !isHttps) this.report(`${name} must be a URL with https`);
    return isHttps ? text : "";
  }

  list(name: string): string[] {
    const parts = this.text(name)?.split(",") ?? [];
    return parts.map((part) => part.trim()).filter((part) => part !== "");
  }

  integer(name: string, otherwise: number, range: Range): number {
    const value = this.number(name, otherwise, range);
    if (!Number.isInteger(value)) this.report(`${name} must be a whole number`);
    return value;
  }

  number(name: string, otherwise: number, { from, to }: Range): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (value >= from && value <= to) return value;
    this.report(`${name} must be a number from ${from} to ${to}`);
    return otherwise;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], otherwise: Value): Value {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = values.find((each) => each === text);
    if (!value) this.report(`${name} must be one of ${values.join(", ")}`);
    return value ?? otherwise;
  }
}
