import { type Emulator, type EmulatorOptions, startEmulator } from "acs-identity/emulator";
import { openPglite } from "../src/dev/pglite.js";
import { type Service, startService } from "../src/service.js";
import type { Settings } from "../src/settings.js";
import type { Database } from "../src/store/database.js";
import { Store } from "../src/store/store.js";

/** The service in this process, on an emulator and PGlite in memory. */
export interface Running {
  readonly url: string;
  readonly store: Store;
  readonly emulator: Emulator;
  /** The lines of the log, parsed. */
  readonly log: Readonly<Record<string, unknown>>[];
  /** Returns a sign-in token. */
  signIn(subject: string, options?: SignInOptions): Promise<string>;
  call(method: string, path: string, token?: string, headers?: Record<string, string>): Promise<Reply>;
  stop(): Promise<void>;
}

export interface SignInOptions {
  readonly tenantId?: string;
  readonly expiresInMinutes?: number;
  readonly scope?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read members of any answer
  readonly body: any;
}

export const apiClientId = "00ac5000-5b4a-4717-8000-0000000000aa";

/** Derives an object id from a name. */
export function objectIdOf(name: string): string {
  return `00ac5000-0000-4000-8000-${Buffer.from(name).toString("hex").padStart(12, "0").slice(-12)}`;
}

let pglite: Promise<Database> | undefined;

/** Returns an empty database. All tests of a file share one server, because it takes a second to start. */
export async function emptyDatabase(): Promise<Database> {
  pglite ??= openPglite();
  const server = await pglite;
  await server.query("DROP SCHEMA public CASCADE");
  await server.query("CREATE SCHEMA public");
  await new Store(server).migrate();
  return { query: (text, values) => server.query(text, values), close: async () => {} };
}

export async function start(
  change: (settings: Settings, emulator: Emulator) => Settings = (settings) => settings,
  emulatorOptions: EmulatorOptions = {},
  wrap: (database: Database) => Database = (database) => database,
): Promise<Running> {
  const database = wrap(await emptyDatabase());
  const emulator = await startEmulator(emulatorOptions);
  const { tenantId } = emulator.service.entra;
  const authority = `${emulator.url}/${tenantId}`;
  const log: Record<string, unknown>[] = [];
  const settings: Settings = {
    acs: {
      endpoint: emulator.url,
      connectionString: emulator.connectionString,
      shareOfLimits: 1,
      reconcileAfterInSeconds: 120,
    },
    signIn: {
      issuer: `${authority}/v2.0`,
      audience: apiClientId,
      jwksUrl: `${authority}/discovery/v2.0/keys`,
      tenants: [],
      subjectClaim: "oid",
    },
    policy: [{ claim: "scp", value: "access_as_user", scopes: ["voip"], teams: true }],
    teamsClientId: apiClientId,
    tokenLifetimeInMinutes: 60,
    database: { url: "", usesEntra: false, poolSize: 1 },
    allowedOrigins: ["https://app.contoso.com"],
    callsPerMinuteAndCaller: 1000,
    host: "127.0.0.1",
    port: 0,
    logLevel: "info",
    drainInSeconds: 0,
  };
  const service: Service = await startService(change(settings, emulator), {
    database,
    logTo: { write: (line) => void log.push(JSON.parse(line)) },
  });
  await service.whenReady;
  return {
    url: service.url,
    store: new Store(database),
    emulator,
    log,
    signIn: (subject, options) => signIn(emulator, subject, options),
    call: (method, path, token, headers) => call(service.url, method, path, token, headers),
    stop: async () => {
      await service.stop();
      await emulator.close();
    },
  };
}

export async function signIn(emulator: Emulator, name: string, options: SignInOptions = {}): Promise<string> {
  const { scope = `${apiClientId}/access_as_user`, ...others } = options;
  const credential = emulator.service.createTokenCredential({
    objectId: objectIdOf(name),
    clientId: apiClientId,
    ...others,
  });
  return (await credential.getToken(scope))?.token ?? "";
}

export async function call(
  url: string,
  method: string,
  path: string,
  token?: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}${path}`, { method, headers: { ...authorization, ...headers } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

/** Returns the ids of the emulator's ACS users. */
export function usersOf(emulator: Emulator): string[] {
  return emulator.service.users.map(({ id }) => id);
}
