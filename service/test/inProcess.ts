import { readFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, type EmulatorOptions, startEmulator } from "acs-identity/emulator";
import { inject } from "vitest";
import { openPglite } from "../src/dev/pglite.js";
import { createParts, type Parts, type Service, startService } from "../src/service.js";
import { readSettings } from "../src/settings.js";
import type { Database } from "../src/store/database.js";
import { openStore, type Store } from "../src/store/store.js";
import { measurements } from "./measurements.js";
import { findContradiction } from "./openApi.js";

/** The service in this process, on an emulator and PGlite in memory. */
export interface Running {
  readonly url: string;
  readonly store: Store;
  readonly emulator: Emulator;
  /** Creates what `npm run offboard` works with. */
  openParts(): Parts;
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

/** Returns the database of all test files in this process. */
export function sharedDatabase(): Promise<Database> {
  pglite ??= openPglite(undefined, { loadDataDir: new Blob([readFileSync(inject("pgliteData"))]) });
  return pglite;
}

/** Empties the shared database, and returns it. */
export async function emptyDatabase(): Promise<Database> {
  const database = await sharedDatabase();
  await database.query("DROP SCHEMA public CASCADE");
  await database.query("CREATE SCHEMA public");
  return { ...database, close: async () => {} };
}

type Environment = Readonly<Record<string, string>>;

export interface StartOptions extends EmulatorOptions {
  readonly wrap?: (database: Database) => Database;
  /** Whether to wait until the service is ready. @defaultValue true */
  readonly isReady?: boolean;
  /** Returns the endpoint of ACS. @defaultValue the emulator's */
  readonly acsEndpoint?: (emulator: Emulator) => Promise<string>;
}

/** @param change - Variables in place of the usual ones. */
export async function start(
  change: Environment | ((emulator: Emulator) => Environment) = {},
  {
    wrap = (database) => database,
    isReady = true,
    acsEndpoint = async ({ url }) => url,
    ...others
  }: StartOptions = {},
): Promise<Running> {
  const database = wrap(await emptyDatabase());
  await openStore(database).schema.migrate();
  const emulator = await startEmulator(others);
  const endpoint = await acsEndpoint(emulator);
  const { tenantId } = emulator.service.entra;
  const authority = `${emulator.url}/${tenantId}`;
  const log: Record<string, unknown>[] = [];
  const settings = readSettings({
    COMMUNICATION_CONNECTION_STRING: emulator.connectionString.replace(emulator.url, endpoint),
    TOKEN_ISSUER: `${authority}/v2.0`,
    TOKEN_AUDIENCE: apiClientId,
    TOKEN_JWKS_URL: `${authority}/discovery/v2.0/keys`,
    SCOPE_POLICY: '[{"claim":"scp","value":"access_as_user","scopes":["voip"],"teams":true}]',
    TEAMS_CLIENT_ID: apiClientId,
    DATABASE_URL: "postgres://localhost/unused",
    ALLOWED_ORIGINS: "https://app.contoso.com",
    CALLS_PER_MINUTE_AND_CALLER: "1000",
    HOST: "127.0.0.1",
    PORT: "0",
    DRAIN_SECONDS: "0",
    ...(typeof change === "function" ? change(emulator) : change),
  });
  const options = { database, logTo: { write: (line: string) => void log.push(JSON.parse(line)) } };
  const service: Service = await startService(settings, options);
  if (isReady) {
    await service.whenReady;
    // The first check of ACS must not take the faults that a test injects.
    const isChecked = () => /dependency_up \d {"dependency":"acs"}/.test(measurements.join());
    while (!isChecked()) await sleep(5);
  }
  return {
    url: service.url,
    store: openStore(database),
    emulator,
    openParts: () => createParts(settings, options),
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

/** Calls the service. Throws if the response contradicts the contract. */
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
  const { status, headers: received } = response;
  const reply = { status, headers: received, body: text ? JSON.parse(text) : undefined };
  const contradiction = findContradiction(method, path, reply);
  if (contradiction) throw new Error(`${method} ${path} contradicts openapi.yaml: ${contradiction}: ${text}`);
  return reply;
}

/** Asks the service for a token, and returns a function that closes the connection. */
export function send(url: string, token: string): () => void {
  const options = { method: "POST", agent: false, headers: { Authorization: `Bearer ${token}` } };
  const request = http.request(`${url}/token`, options).on("error", () => {});
  request.end();
  return () => request.destroy();
}

/** Returns the ids of the emulator's ACS users. */
export function userIds(emulator: Emulator): string[] {
  return emulator.service.users.map(({ id }) => id);
}
