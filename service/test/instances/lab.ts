import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Emulator, type EmulatorOptions, startEmulator } from "acs-identity/emulator";
import pg from "pg";
import { openStore } from "../../src/store/store.js";
import { apiClientId, signIn, userIds } from "../inProcess.js";
import { openDatabase, type Postgres, startPostgres } from "../postgres.js";

/** An instance of the service as in production: a separate process, with settings from its environment. */
export interface Instance {
  readonly url: string;
  readonly log: string[];
  readonly process: ChildProcess;
  /** Sends a signal, `SIGKILL` by default. Resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** PostgreSQL, an emulator with https, and the service's programs as `npm run build` makes them. */
export interface Lab {
  readonly emulator: Emulator;
  readonly database: pg.Client;
  /** The URL of the database for the role of the service. */
  readonly databaseUrl: string;
  /** @param until - What the instance logs when it counts as started. Default: that it is ready. */
  startInstance(settings?: Record<string, string>, until?: RegExp): Promise<Instance>;
  /** Runs `npm run reconcile`, and returns what it prints. */
  reconcile(settings?: Record<string, string>): Promise<Reconciliation>;
  /** Runs `npm run offboard` with these arguments, and standard input if the first has it. */
  offboard(...options: (string | { readonly input: string })[]): Promise<Ended>;
  signIn(name: string): Promise<string>;
  /** Returns ACS users that the ledger lacks, and current users of the ledger that ACS lacks. */
  unaccounted(): Promise<{ readonly users: string[]; readonly entries: string[] }>;
  close(): Promise<void>;
}

export interface Reconciliation {
  readonly deleted: number;
  readonly failed: number;
  readonly entries: Readonly<Record<string, number>>;
}

/** An option that makes an instance print `{}` when it handles SIGTERM, however early that is. */
export const announceSigterm =
  "--import=data:text/javascript,process.on('newListener',n=>n==='SIGTERM'&&console.log('{}'))";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export interface Ground {
  readonly postgres: Postgres;
  readonly certificates: { readonly cert: string; readonly key: string; readonly file: string };
  close(): Promise<void>;
}

/**
 * Prepares what the labs of a file share, because it takes a few seconds.
 * @param options - More options of the PostgreSQL server.
 */
export async function prepareGround(options: readonly string[] = []): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), "token-service-tls-"));
  const file = join(folder, "cert.pem");
  writeFileSync(join(folder, "config"), "[req]\ndistinguished_name=name\n[name]\n");
  const request =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -config config -subj /CN=localhost";
  const names = "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem";
  execFileSync("openssl", `${request} ${names}`.split(" "), { cwd: folder, stdio: "pipe" });
  const postgres = await startPostgres(options);
  postgres.psql("CREATE ROLE service LOGIN");
  return {
    postgres,
    certificates: {
      cert: readFileSync(file, "utf8"),
      key: readFileSync(join(folder, "key.pem"), "utf8"),
      file,
    },
    close: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The settings of an instance in production, on the emulator. */
export function instanceEnvironment(
  { url, service }: Emulator,
  databaseUrl: string,
  { certificates }: Ground,
): Record<string, string> {
  const authority = `${url}/${service.entra.tenantId}`;
  return {
    PATH: process.env.PATH ?? "",
    NODE_EXTRA_CA_CERTS: certificates.file,
    NODE_ENV: "production",
    COMMUNICATION_ENDPOINT: url,
    // These variables provide a managed identity, as Azure does to an app.
    IDENTITY_ENDPOINT: `${url}/msi/token`,
    IDENTITY_HEADER: "acs-identity-emulator",
    TOKEN_ISSUER: `${authority}/v2.0`,
    TOKEN_AUDIENCE: apiClientId,
    TOKEN_JWKS_URL: `${authority}/discovery/v2.0/keys`,
    SCOPE_POLICY: '[{"claim":"scp","value":"access_as_user","scopes":["voip"]}]',
    CALLS_PER_MINUTE_AND_CALLER: "10000",
    DATABASE_URL: databaseUrl,
    HOST: "127.0.0.1",
    PORT: "0",
    DRAIN_SECONDS: "0",
  };
}

/** Starts an instance that `npm run build` has made, and resolves when it logs a line like `until`. */
export async function spawnInstance(
  environment: Record<string, string>,
  until: RegExp,
  folder: string,
  onEnd: (instance: Instance) => void,
): Promise<Instance> {
  const child = spawn(process.execPath, ["--import", "./dist/openTelemetry.js", "dist/main.js"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  // A test that times out doesn't close its lab.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const exit = once(child, "exit").finally(() => process.off("exit", kill));
  const log: string[] = [];
  let url = "";
  await new Promise<void>((resolve, reject) => {
    exit.then(([code]) => reject(new Error(`The instance ended with ${code}`)), reject);
    createInterface({ input: child.stdout }).on("line", (line) => {
      log.push(line);
      url ||= /Listening at ([^"]+)/.exec(line)?.[1] ?? "";
      if (until.test(line)) resolve();
    });
  });
  const instance: Instance = {
    url,
    log,
    process: child,
    end: async (signal = "SIGKILL") => {
      onEnd(instance);
      child.kill(signal);
      const [code] = await exit;
      return code;
    },
  };
  return instance;
}

/** Runs `npm run reconcile`, and returns what it prints. Fails unless its exit code says the same. */
export async function runReconcile(
  folder: string,
  environment: Record<string, string>,
): Promise<Reconciliation> {
  const child = spawn(process.execPath, ["dist/reconcile.js"], {
    cwd: folder,
    env: { LOG_LEVEL: "silent", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const reconciliation: Reconciliation = JSON.parse(output);
  const expected = reconciliation.failed > 0 ? 2 : 0;
  if (code !== expected) throw new Error(`npm run reconcile exited with ${code}: ${output}`);
  return reconciliation;
}

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program of the service to its end. */
export async function runProgram(
  command: readonly string[],
  environment: Record<string, string>,
  input = "",
  folder = root,
): Promise<Ended> {
  const child = spawn(process.execPath, command, { cwd: folder, env: environment });
  child.stdin.end(input);
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = await once(child, "exit");
  return { status, output: (await output).join("") };
}

/** A lab on a ground of its own, which is closed with it. */
export interface OwnLab extends Lab {
  readonly ground: Ground;
  /** An empty folder, which is removed with the lab. */
  readonly folder: string;
}

/** @param options - More options of the PostgreSQL server. */
export async function openOwnLab(options: readonly string[] = []): Promise<OwnLab> {
  const ground = await prepareGround(options);
  const lab = await openLab(ground);
  const folder = mkdtempSync(join(tmpdir(), "token-service-lab-"));
  const close = async () => {
    await lab.close();
    await ground.close();
    rmSync(folder, { recursive: true });
  };
  return { ...lab, ground, folder, close };
}

export async function openLab(ground: Ground, emulatorOptions: EmulatorOptions = {}): Promise<Lab> {
  const emulator = await startEmulator({ tls: ground.certificates, ...emulatorOptions });
  const databaseUrl = await ground.postgres.createDatabase();
  const store = openStore(openDatabase(databaseUrl));
  await store.schema.migrate("service");
  await store.close();
  const database = new pg.Client(databaseUrl);
  await database.connect();
  const serviceUrl = databaseUrl.replace("test@", "service@");
  const environment = instanceEnvironment(emulator, serviceUrl, ground);
  const instances = new Set<Instance>();

  async function startInstance(settings: Record<string, string> = {}, until = /"Ready"/): Promise<Instance> {
    const instance = await spawnInstance({ ...environment, ...settings }, until, root, (ended) =>
      instances.delete(ended),
    );
    instances.add(instance);
    return instance;
  }

  async function unaccounted() {
    const { rows } = await database.query<{ acs_user_id: string; state: string }>(
      "SELECT acs_user_id, state FROM ledger WHERE acs_user_id IS NOT NULL",
    );
    const users = userIds(emulator);
    const known = new Set(rows.map(({ acs_user_id }) => acs_user_id));
    const existing = new Set(users);
    return {
      users: users.filter((id) => !known.has(id)),
      entries: rows
        .filter(({ acs_user_id, state }) => state === "current" && !existing.has(acs_user_id))
        .map(({ acs_user_id }) => acs_user_id),
    };
  }

  return {
    emulator,
    database,
    databaseUrl: serviceUrl,
    startInstance,
    reconcile: (settings = {}) => runReconcile(root, { ...environment, ...settings }),
    offboard: (...options) => {
      const inputs = options.filter((option) => typeof option === "object");
      const others = options.filter((option) => typeof option === "string");
      const settings = { ...environment, LOG_LEVEL: "silent" };
      return runProgram(["dist/offboard.js", ...others], settings, inputs[0]?.input);
    },
    signIn: (name) => signIn(emulator, name),
    unaccounted,
    close: async () => {
      await Promise.all([...instances].map((instance) => instance.end()));
      await database.end().catch(() => {});
      await emulator.close();
    },
  };
}
