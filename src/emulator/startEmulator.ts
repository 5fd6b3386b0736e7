import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import { type FakeIdentityService, toFakeIdentityService } from "../testing/fakeIdentityService.js";
import { createFake, type Fake } from "../testing/service/fake.js";
import type { loggedCertificate, MachineCertificate } from "./certificate.js";
import { checkedOptions } from "./checkedOptions.js";
import type { openDataFile } from "./data/dataFile.js";
import { reachableHost } from "./hosts.js";
import { listenError } from "./listenError.js";
import { createLog, requestEntry } from "./log.js";
import type { EmulatorOptions } from "./options.js";
import { loadPage } from "./page/pageTable.js";
import { closeServer, createEmulatorServer, listen } from "./server.js";

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
  const {
    port,
    host,
    allowedHosts,
    tls: ownTls,
    https,
    data,
    onLog,
    serviceOptions,
  } = checkedOptions(options);
  const log = createLog(onLog);
  const certificate = https ? await openCertificate(host, allowedHosts, log) : undefined;
  const tls = certificate ?? ownTls;
  const fake = createFake(serviceOptions);
  fake.log.onRequest = (request) => log(requestEntry(request, fake.endpoint));
  const closeData = data === undefined ? undefined : await openData(data, fake, log);
  try {
    const certificateFile = certificate?.file;
    const service = toFakeIdentityService(fake);
    const startId = crypto.randomUUID();
    const context = { fake, service, startId, certificateFile, ownHost: host, allowedHosts };
    const server = await createEmulatorServer(context, log, tls);
    await loadPage();
    const url = await listenOn(server, host, port, tls ? "https" : "http");
    fake.endpoint = `${url}/`;
    const endDelays = delaysEndWith(fake);
    const close = once(async () => {
      await closeServer(server);
      endDelays();
      await closeData?.();
    });
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
  } catch (error) {
    await closeData?.();
    throw error;
  }
}

/** Loads the module only when it is needed: few emulators make a certificate, and loading it takes time. */
async function openCertificate(...args: Parameters<typeof loggedCertificate>): Promise<MachineCertificate> {
  return (await import("./certificate.js")).loggedCertificate(...args);
}

/** Loads the module only when it is needed: most emulators have no data file. */
async function openData(...args: Parameters<typeof openDataFile>): Promise<() => Promise<void>> {
  return (await import("./data/dataFile.js")).openDataFile(...args);
}

/** Returns the URL under which this machine reaches the server, without a trailing slash. */
async function listenOn(
  server: Server,
  host: string,
  port: number,
  scheme: "http" | "https",
): Promise<string> {
  const actualPort = await listen(server, port, host).catch(async (error) => {
    throw await listenError(error, host, port, scheme === "https");
  });
  return `${scheme}://${reachableHost(host)}:${actualPort}`;
}

/** Returns a function that drops the requests that a fault still delays. */
function delaysEndWith(fake: Fake): () => void {
  const closing = new AbortController();
  try {
    // Each delayed request adds a listener, and Node warns of a leak from the eleventh on.
    setMaxListeners(0, closing.signal);
  } catch {
    // Node doesn't count the listeners of signals that aren't its own, such as those of happy-dom.
  }
  fake.closed = closing.signal;
  return () => closing.abort();
}

/** Returns a function that runs another one when it is first called, and always returns the same promise. */
function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
