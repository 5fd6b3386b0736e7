import { setMaxListeners } from "node:events";
import { checkOption, checkOptions } from "../testing/check.js";
import { type FakeIdentityService, serviceOf } from "../testing/fakeIdentityService.js";
import { nonEmptyText, optional, texts } from "../testing/kinds.js";
import { type LoggedRequest, reasonOf, withoutContent } from "../testing/requestLog.js";
import { createServiceCore } from "../testing/serviceCore.js";
import { serviceOptionNames } from "../testing/settings.js";
import { canonicalHost, reachableHost } from "./hosts.js";
import { listenError } from "./listenError.js";
import type { EmulatorOptions, LogEntry } from "./options.js";
import { loadPage } from "./page/pageTable.js";
import { close, createEmulatorServer, listen } from "./server.js";

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
  /** Stops accepting requests, lets open ones finish for up to 2 seconds, and saves the state. */
  close(): Promise<void>;
}

/**
 * Starts the emulator and resolves once it listens.
 *
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
  const known = ["port", "host", "allowedHosts", "tls", "https", "data", "onLog", ...serviceOptionNames];
  checkOptions(
    options,
    known.filter((name) => name !== "endpoint"),
    { cert: "tls: { cert, key }", key: "tls: { cert, key }" },
  );
  const { port = 0, host: givenHost = "127.0.0.1", https = false, data, onLog, ...others } = options;
  const { tls: givenTls, allowedHosts: names = [], ...serviceOptions } = others;
  checkOption(
    Number.isInteger(port) && port >= 0 && port <= 65_535,
    "port",
    "must be an integer from 0 to 65535",
  );
  checkOption(onLog === undefined || typeof onLog === "function", "onLog", "must be a function");
  // Node would listen on every address if the host were empty.
  checkOption(typeof givenHost === "string" && givenHost !== "", "host", "must be a name or an IP address");
  const host = canonicalHost(givenHost);
  // Others may count as the emulator's own, and so reach its page: addresses, names of this machine, and bare ones.
  const isOther = (name: string) =>
    /^([a-z\d-]+\.)+(?!localhost$)[a-z][a-z\d-]*$/i.test(name) && name.toLowerCase() !== host.toLowerCase();
  checkOption(
    texts.is(names) && names.every(isOther),
    "allowedHosts",
    "must be host names of others with a dot and without a port, such as login.microsoftonline.com",
  );
  const allowedHosts = names.map((name) => name.toLowerCase());
  checkOption(optional(nonEmptyText).is(data), "data", "must be the path of a file");
  checkOption(!https || !givenTls, "https", "creates a certificate, so it can't be combined with tls");
  const log = (entry: LogEntry) => void deliver(entry, onLog);
  const certificate = https ? await certificateFor(host, allowedHosts, log) : undefined;
  const tls = certificate ?? givenTls;
  const core = createServiceCore(serviceOptions);
  core.log.onRequest = (request) => log(requestEntry(request, core.endpoint));
  const service = serviceOf(core);
  // Loaded lazily: most emulators have no data file.
  const closeFile =
    data === undefined ? undefined : await (await import("./data/dataFile.js")).openDataFile(data, core, log);
  try {
    const certificateFile = certificate?.file;
    const startId = crypto.randomUUID();
    const context = { core, service, startId, certificateFile, ownHost: host, allowedHosts };
    const server = await createEmulatorServer(context, log, tls);
    await loadPage();
    const actualPort = await listen(server, port, host).catch(async (error) => {
      throw await listenError(error, host, port, tls !== undefined);
    });
    const url = `${tls ? "https" : "http"}://${reachableHost(host)}:${actualPort}`;
    core.endpoint = `${url}/`;
    const closing = new AbortController();
    try {
      // Each delayed request adds a listener, and Node warns of a leak from the eleventh on.
      setMaxListeners(0, closing.signal);
    } catch {
      // Node doesn't count the listeners of signals that aren't its own, such as those of happy-dom.
    }
    core.closed = closing.signal;
    const stop = async () => {
      await close(server);
      closing.abort();
      await closeFile?.();
    };
    let stopped: Promise<void> | undefined;
    const closeOnce = () => {
      stopped ??= stop();
      return stopped;
    };
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
      close: closeOnce,
      [Symbol.asyncDispose]: closeOnce,
    };
  } catch (error) {
    await closeFile?.();
    throw error;
  }
}

/** A request that has taken effect mustn't fail because of its log entry. */
async function deliver(entry: LogEntry, onLog: EmulatorOptions["onLog"]): Promise<void> {
  try {
    await onLog?.(entry);
  } catch (error) {
    process.emitWarning(`onLog failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function certificateFor(
  host: string,
  allowedHosts: readonly string[],
  log: (entry: LogEntry) => void,
): Promise<import("./certificate.js").MachineCertificate> {
  // Loaded lazily: few need it, and loading it takes time.
  const { machineCertificate } = await import("./certificate.js");
  const certificate = await machineCertificate(host, undefined, allowedHosts);
  const { file, isNew, replaced, otherOwner } = certificate;
  if (replaced !== undefined) {
    const message = `${file} was replaced, because ${replaced}. Trust the new certificate, and remove the old one wherever you added it`;
    log({ level: "warn", message });
  } else if (isNew) log({ level: "info", message: `Made a certificate for this machine: ${file}` });
  if (otherOwner !== undefined) {
    const message = `The key of ${file} belongs to another user (uid ${otherOwner}), who can pose as this emulator. Use a home directory or a certificate of your own`;
    log({ level: "warn", message });
  }
  return certificate;
}

function requestEntry(request: LoggedRequest, endpoint: string): LogEntry {
  const { method, target, status, code, diagnosis, durationInMs, topic } = request;
  const outcome = status === undefined ? "dropped" : `${status}${code ? ` ${code}` : ""}`;
  const reason = reasonOf(request);
  const help = topic && `${endpoint}help#${topic}`;
  const isFine = status !== undefined && status < 400 && !diagnosis;
  return {
    level: isFine || request.isFromDoctor ? "info" : "warn",
    message: `${method} ${target} ${outcome} ${durationInMs} ms${reason ? `: ${reason}` : ""}${help ? ` (${help})` : ""}`,
    fields: { request: withoutContent(request), help },
  };
}
