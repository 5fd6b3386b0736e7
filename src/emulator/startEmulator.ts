import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import { type FakeIdentityService, toFakeIdentityService } from "../testing/fakeIdentityService.js";
import { createFake, type Fake } from "../testing/service/fake.js";
import { dispatch } from "../testing/wire/dispatch.js";
import type { Respond } from "../testing/wire/wire.js";
import type { MachineCertificate } from "./certificate/machineCertificate.js";
import type { openDataFile } from "./data/dataFile.js";
import { type CheckedOptions, checkedOptions } from "./options/checkedOptions.js";
import { reachableHost } from "./options/hosts.js";
import { createLog, type Log, requestEntry } from "./options/log.js";
import type { EmulatorOptions } from "./options/options.js";
import { loadPage } from "./page/pageTable.js";
import { emulatorRouting } from "./routing.js";
import { listenError } from "./server/listenError.js";
import { closeServer, createEmulatorServer, listen } from "./server/server.js";

declare global {
  /** Empty for programs whose `lib` doesn't have it. For others, it adds nothing to theirs. */
  interface AsyncDisposable {}
}

/** A running emulator. It can be declared with `await using`, which closes it. */
export interface Emulator extends AsyncDisposable {
  /** The base URL, without a trailing slash. */
  readonly url: string;
  /** `endpoint=…;accesskey=…`, for the constructor of a client. */
  readonly connectionString: string;
  /** The same with the secondary key. Both have the new key after a regeneration. */
  readonly secondaryConnectionString: string;
  /** The file with the certificate of `https: true`, for `NODE_EXTRA_CA_CERTS` or a `ca` option. Undefined without it. */
  readonly certificateFile: string | undefined;
  /**
   * The fake service behind it. With `data`, the changes that you make through it, such as `regenerateKey` and `reset`, are
   * queued: they take effect once they are saved. Until then its properties, such as `accessKey` and `users`, and the
   * emulator's `connectionString` have the former values. The next request waits for them. The log has those that can't be
   * saved.
   */
  readonly service: FakeIdentityService;
  /**
   * Stops accepting requests, lets open ones finish for up to 2 seconds, and saves the state. It never rejects: the log has
   * what can't be saved. Later calls return the same promise.
   *
   * @example
   * ```ts
   * await emulator.close();
   * ```
   */
  close(): Promise<void>;
}

/**
 * Starts the emulator and resolves once it listens.
 *
 * @param options - The port and other options of the server, and those of the fake service. By default, it listens on
 * a free port of `127.0.0.1`, without TLS, and keeps nothing.
 * @example
 * ```ts
 * const emulator = await startEmulator();
 * const client = new CommunicationIdentityClient(emulator.connectionString);
 * ```
 * @throws TypeError if an option can't be used.
 * @throws DataFileError if the data file can't be used, for example because another emulator has it open.
 * @throws Error with the code of the error of `node:net`, such as `EADDRINUSE`, if it can't listen. The message says so if
 * another emulator has the port.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = checkedOptions(options);
  const log = createLog(settings.onLog);
  const certificate = settings.https ? await openCertificate(settings, log) : undefined;
  const fake = createFake(settings.serviceOptions);
  fake.requestLog.onRequest = (request) => log(requestEntry(request, fake.endpoint));
  const closeData = settings.data === undefined ? undefined : await openData(settings.data, fake, log);
  try {
    const service = toFakeIdentityService(fake);
    const respond = emulatorResponder(fake, service, settings, certificate?.file);
    const server = await createEmulatorServer(respond, log, certificate ?? settings.tls);
    await loadPage();
    const url = await listenOn(server, settings);
    const closing = closingController();
    fake.endpoint = `${url}/`;
    fake.closed = closing.signal;
    const close = once(async () => {
      await closeServer(server);
      closing.abort();
      await closeData?.();
    });
    return runningEmulator(url, service, certificate?.file, close);
  } catch (error) {
    await closeData?.();
    throw error;
  }
}

/** Loads the module only when it is needed: few emulators make a certificate, and loading it takes time. */
async function openCertificate(
  { host, allowedHosts }: CheckedOptions,
  log: Log,
): Promise<MachineCertificate> {
  return (await import("./certificate/machineCertificate.js")).loggedCertificate(host, allowedHosts, log);
}

/** Loads the module only when it is needed: most emulators have no data file. */
async function openData(...args: Parameters<typeof openDataFile>): Promise<() => Promise<void>> {
  return (await import("./data/dataFile.js")).openDataFile(...args);
}

/** Returns what responds to the requests that the server receives. */
function emulatorResponder(
  fake: Fake,
  service: FakeIdentityService,
  { host, allowedHosts }: CheckedOptions,
  certificateFile: string | undefined,
): Respond {
  const startId = crypto.randomUUID();
  const context = { fake, service, startId, certificateFile, ownHost: host, allowedHosts };
  return (request) => dispatch(emulatorRouting, context, request);
}

/** Returns the URL under which this machine reaches the server, without a trailing slash. */
async function listenOn(server: Server, { host, port, https, tls }: CheckedOptions): Promise<string> {
  const isHttps = https || tls !== undefined;
  const actualPort = await listen(server, port, host).catch(async (error) => {
    throw await listenError(error, host, port, isHttps);
  });
  return `${isHttps ? "https" : "http"}://${reachableHost(host)}:${actualPort}`;
}

/** Returns what ends the delays of requests when the emulator closes. */
function closingController(): AbortController {
  const closing = new AbortController();
  try {
    // Each delayed request adds a listener, and Node warns of a leak from the eleventh on.
    setMaxListeners(0, closing.signal);
  } catch {
    // Node doesn't count the listeners of signals that aren't its own, such as those of happy-dom.
  }
  return closing;
}

function runningEmulator(
  url: string,
  service: FakeIdentityService,
  certificateFile: string | undefined,
  close: () => Promise<void>,
): Emulator {
  return {
    url,
    get connectionString() {
      return service.connectionString;
    },
    get secondaryConnectionString() {
      return service.secondaryConnectionString;
    },
    certificateFile,
    service,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Returns a function that runs another one when it is first called, and always returns the same promise. */
function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
