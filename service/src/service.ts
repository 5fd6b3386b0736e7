import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { type DestinationStream, pino } from "pino";
import { createAcs, createCredential } from "./acs.js";
import { createAcsUsers } from "./acsUsers.js";
import { createApp, longestRequest } from "./app.js";
import { createAuthenticate } from "./authenticate.js";
import { raiseAlarm, sortFailure } from "./failures.js";
import { createLimits } from "./limits.js";
import { describeCause, standardOutput } from "./log.js";
import { metrics } from "./metrics.js";
import { ConfigurationFault } from "./problem.js";
import { createReconciler } from "./reconciler.js";
import { type Settings, SettingsError } from "./settings.js";
import { type Database, openPostgres } from "./store/database.js";
import { openStore } from "./store/store.js";
import { StoreError } from "./store/storeError.js";
import { watchDependencies } from "./watchDependencies.js";

export type Service = Awaited<ReturnType<typeof startService>>;
/** The parts that the service, `npm run reconcile` and `npm run offboard` share. */
export type Parts = ReturnType<typeof createParts>;

export interface ServiceOptions {
  /** Where users are kept. @defaultValue a pool of connections to the database of the settings */
  readonly database?: Database;
  /** Where log lines go. @defaultValue standard output */
  readonly logTo?: DestinationStream;
  /** Adds routes before the service listens. */
  readonly extend?: (app: FastifyInstance) => void;
}

export function createParts(settings: Settings, options: ServiceOptions = {}) {
  const credential = createCredential();
  const { database = openPostgres(settings, credential), logTo = standardOutput() } = options;
  const log = pino({ level: settings.logLevel, timestamp: pino.stdTimeFunctions.isoTime }, logTo);
  const store = openStore(database);
  const limits = createLimits(store.permits, settings);
  const acs = createAcs(settings, credential, limits);
  const users = createAcsUsers({ store, log }, acs, limits, settings.tokenLifetimeMinutes);
  const reconciler = createReconciler({ store, log }, users, settings.reconcileAfterSeconds);
  return {
    log,
    store,
    limits,
    acs,
    users,
    reconciler,
    /** Checks the database. Throws if it can't be reached, lacks migrations, or belongs to another resource. */
    prepare: async () => {
      await store.schema.check();
      const { communicationEndpoint: endpoint } = settings;
      const bound = await store.schema.bind(endpoint);
      if (bound !== endpoint) {
        throw new SettingsError([
          `DATABASE_URL has the users of ${bound}, and not those of ${endpoint}: each resource needs a database of its own`,
        ]);
      }
    },
    close: async () => {
      await Promise.all([reconciler.close(), users.close()]);
      await store.close();
    },
  };
}

export async function startService(settings: Settings, options: ServiceOptions = {}) {
  const parts = createParts(settings, options);
  const { log, reconciler, store, acs } = parts;
  const { authenticate, refreshKeys } = createAuthenticate(settings);
  const closing = new AbortController();
  let phase: "starting" | "serving" | "draining" = "starting";
  const app = createApp({ ...settings, ...parts, authenticate, phase: () => phase });
  options.extend?.(app);
  const { host, port } = settings;
  const listenTextResolver = (address: string) => `Listening at ${address}`;
  await app.listen({ host, port, listenTextResolver }).catch(async (error: unknown) => {
    await parts.close();
    throw error;
  });

  const checks = { database: () => store.ping(), issuer: refreshKeys, acs: acs.check };
  void watchDependencies(checks, log, closing.signal);

  /** A database or an issuer that is down isn't a reason to exit: a restart wouldn't fix it. */
  async function prepare(): Promise<void> {
    while (phase === "starting") {
      try {
        await parts.prepare();
        await refreshKeys();
        if (phase === "starting") {
          phase = "serving";
          metrics.ready.record(1);
        }
        log.info("Ready");
        // Runs at start and then regularly, so that the other instances finish what a killed one left behind.
        reconciler.start();
      } catch (error) {
        if (error instanceof SettingsError) throw error;
        const missing = error instanceof StoreError ? "the database" : "the issuer's keys";
        log.error({ cause: describeCause(error) }, `Waiting for ${missing}`);
        const failure = sortFailure(error);
        if (failure instanceof ConfigurationFault) raiseAlarm(failure, log);
        await sleep(1_000, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  return {
    url: `http://${host}:${(app.server.address() as AddressInfo).port}`,
    /**
     * Resolves when the database and the issuer of the sign-ins have answered, however long that takes. Rejects if the
     * database is another resource's.
     */
    whenReady: prepare(),
    /** Waits until the load balancer has noticed, finishes the requests, and closes everything. */
    async stop(): Promise<void> {
      phase = "draining";
      metrics.ready.record(0);
      closing.abort();
      log.info("Stopping");
      await sleep(settings.drainSeconds * 1000);
      // A request whose body is slow isn't idle.
      const cut = setTimeout(() => app.server.closeAllConnections(), longestRequest + 500);
      await Promise.all([app.close(), reconciler.close()]);
      clearTimeout(cut);
      await parts.close();
      log.info("Stopped");
    },
  };
}
