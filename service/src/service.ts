import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { type DestinationStream, pino } from "pino";
import { createAcsClients, createCredential } from "./acs.js";
import { AcsUsers } from "./acsUsers.js";
import { createApp, longestRequest } from "./app.js";
import { createAuthenticate } from "./authenticate.js";
import { watchDependencies } from "./dependencies.js";
import { describeCause } from "./failures.js";
import { createLimits } from "./limits.js";
import { Reconciler } from "./reconciler.js";
import { type Settings, SettingsError } from "./settings.js";
import { type Database, openPostgres } from "./store/database.js";
import { Store, StoreError } from "./store/store.js";

export interface Service {
  readonly url: string;
  /**
   * Resolves when the database and the issuer of the sign-ins have answered, however long that takes. Rejects if the
   * database is another resource's.
   */
  readonly whenReady: Promise<void>;
  /** Waits until the load balancer has noticed, finishes the requests, and closes everything. */
  stop(): Promise<void>;
}

/** The parts that the service, `npm run reconcile` and `npm run offboard` share. */
export type Parts = ReturnType<typeof createParts>;

export interface PartsOptions {
  /** Where users are kept. @defaultValue a pool of connections to the database of the settings */
  readonly database?: Database;
  /** Where log lines go. @defaultValue standard output */
  readonly logTo?: DestinationStream;
}

export function createParts(settings: Settings, options: PartsOptions = {}) {
  const { acs, tokenLifetimeInMinutes } = settings;
  const credential = createCredential();
  const { database = openPostgres(settings.database, credential), logTo = pino.destination(1) } = options;
  const log = pino({ level: settings.logLevel, timestamp: pino.stdTimeFunctions.isoTime }, logTo);
  const store = new Store(database);
  const limits = createLimits(store, { ...settings, shareOfLimits: acs.shareOfLimits });
  const clients = createAcsClients(acs, credential, limits);
  const users = new AcsUsers({ store, clients, tokenLifetimeInMinutes, log });
  const reconciler = new Reconciler({ store, users, idleForInSeconds: acs.reconcileAfterInSeconds, log });
  return {
    log,
    store,
    limits,
    clients,
    users,
    reconciler,
    /** Checks the database. Throws if it can't be reached, lacks migrations, or belongs to another resource. */
    prepare: async () => {
      await store.checkSchema();
      const bound = await store.bind(acs.endpoint);
      if (bound !== acs.endpoint) {
        throw new SettingsError([
          `DATABASE_URL has the users of ${bound}, and not those of ${acs.endpoint}: each resource needs a database of its own`,
        ]);
      }
    },
    close: async () => {
      await Promise.all([reconciler.close(), users.close()]);
      await store.close();
    },
  };
}

export interface ServiceOptions extends PartsOptions {
  /** Adds routes before the service listens. */
  readonly extend?: (app: FastifyInstance) => void;
}

export async function startService(settings: Settings, options: ServiceOptions = {}): Promise<Service> {
  const parts = createParts(settings, options);
  const { log, reconciler, store, clients } = parts;
  const authenticate = createAuthenticate(settings.signIn);
  const closing = new AbortController();
  let phase: "starting" | "serving" | "draining" = "starting";
  const app = createApp({ ...settings, ...parts, authenticate, phase: () => phase });
  options.extend?.(app);
  try {
    await app.listen({
      host: settings.host,
      port: settings.port,
      listenTextResolver: (address) => `Listening at ${address}`,
    });
  } catch (error) {
    await parts.close();
    throw error;
  }

  const checks = {
    database: () => store.ping(),
    issuer: () => authenticate.refreshKeys(),
    credential: () => clients.checkCredential(),
  };
  void watchDependencies(checks, log, closing.signal);

  /** A database or an issuer that is down isn't a reason to exit: a restart wouldn't fix it. */
  async function prepare(): Promise<void> {
    while (phase === "starting") {
      try {
        await parts.prepare();
        await authenticate.refreshKeys();
        if (phase === "starting") phase = "serving";
        log.info("Ready");
        // Runs at start and then regularly, so that the other instances finish what a killed one left behind.
        reconciler.start();
      } catch (error) {
        if (error instanceof SettingsError) throw error;
        const missing = error instanceof StoreError ? "the database" : "the issuer's keys";
        let cause = error;
        while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
        log.error({ cause: describeCause(cause) }, `Waiting for ${missing}`);
        await sleep(1_000, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  return {
    url: `http://${settings.host}:${(app.server.address() as AddressInfo).port}`,
    whenReady: prepare(),
    stop: async () => {
      phase = "draining";
      closing.abort();
      log.info("Stopping");
      await sleep(settings.drainInSeconds * 1000);
      // A request whose body is slow isn't idle.
      const cut = setTimeout(() => app.server.closeAllConnections(), longestRequest + 500);
      await Promise.all([app.close(), reconciler.close()]);
      clearTimeout(cut);
      await parts.close();
      log.info("Stopped");
    },
  };
}
