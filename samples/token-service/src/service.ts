import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { type DestinationStream, type Logger, pino } from "pino";
import { createAcsClients } from "./acs.js";
import { AcsUsers } from "./acsUsers.js";
import { createApp } from "./app.js";
import { createAuthenticate } from "./authenticate.js";
import { createLimits } from "./limits.js";
import { Reconciler } from "./reconciler.js";
import { type Settings, SettingsError } from "./settings.js";
import { openStore } from "./store/openStore.js";
import type { Store } from "./store/store.js";

export interface Service {
  readonly url: string;
  /** Waits until the load balancer has noticed, finishes the requests, and closes everything. */
  stop(): Promise<void>;
}

/** The parts that the service and `npm run reconcile` share. */
export interface Parts {
  readonly log: Logger;
  readonly store: Store;
  readonly limits: ReturnType<typeof createLimits>;
  readonly users: AcsUsers;
  readonly reconciler: Reconciler;
  close(): Promise<void>;
}

/**
 * Opens the database and connects the parts.
 * @param logTo - Default: standard output.
 * @throws If the database can't be used.
 */
export async function openParts(
  settings: Settings,
  logTo: DestinationStream = pino.destination(1),
): Promise<Parts> {
  const { acs, tokenLifetimeInMinutes } = settings;
  const { usesCustomIds } = acs;
  const log = pino({ level: settings.logLevel, timestamp: pino.stdTimeFunctions.isoTime }, logTo);
  const store = openStore(settings.databaseUrl);
  try {
    await store.migrate();
    const bound = await store.bind(acs.endpoint);
    if (bound !== acs.endpoint) {
      throw new SettingsError([
        `DATABASE_URL has the users of ${bound}, and not those of ${acs.endpoint}: each resource needs a database of its own`,
      ]);
    }
  } catch (error) {
    await store.close();
    throw error;
  }
  const limits = createLimits(store, { ...settings, shareOfLimits: acs.shareOfLimits });
  const clients = createAcsClients(acs, limits);
  const users = new AcsUsers({ store, clients, usesCustomIds, tokenLifetimeInMinutes, log });
  const reconciler = new Reconciler({
    store,
    users,
    usesCustomIds,
    idleForInSeconds: acs.reconcileAfterInSeconds,
    log,
  });
  return {
    log,
    store,
    limits,
    users,
    reconciler,
    close: async () => {
      await reconciler.close();
      await users.close();
      await store.close();
    },
  };
}

export interface ServiceOptions {
  /** Adds routes before the service listens. */
  readonly extend?: (app: FastifyInstance) => void;
  /** Default: standard output. */
  readonly logTo?: DestinationStream;
}

export async function startService(settings: Settings, options: ServiceOptions = {}): Promise<Service> {
  const parts = await openParts(settings, options.logTo);
  const { log, reconciler } = parts;
  let isDraining = false;
  const app = createApp({
    ...settings,
    ...parts,
    authenticate: createAuthenticate(settings.signIn),
    isDraining: () => isDraining,
  });
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
  // Runs at start and then regularly, so that the other instances finish what a killed one left behind.
  reconciler.start(settings.acs.reconcileAfterInSeconds);
  return {
    url: `http://${settings.host}:${(app.server.address() as AddressInfo).port}`,
    stop: async () => {
      isDraining = true;
      log.info("Stopping");
      await sleep(settings.drainInSeconds * 1000);
      await app.close();
      await parts.close();
      log.info("Stopped");
    },
  };
}
