import type { FakeIdentityServiceOptions } from "../testing/settings.js";

/** Options of `startEmulator`: those of the fake service, and where to listen and what to keep. */
export interface EmulatorOptions extends Omit<FakeIdentityServiceOptions, "endpoint"> {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** A host name or IP address of this machine. Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** Listens with https: a certificate and its key, in PEM. */
  readonly tls?: {
    /** The certificate, and those that it was signed with, in PEM. */
    readonly cert: string;
    /** Its private key, in PEM. */
    readonly key: string;
  };
  /**
   * Listens with https, with a certificate for this machine that `mkcert` or `openssl` makes. It is kept in
   * `.acs-identity-emulator` of the home directory, and the log says how to trust it. Default: false.
   */
  readonly https?: boolean;
  /** A regular file that keeps the state over restarts. It holds the key that signs tokens. Default: memory only. */
  readonly data?: string;
  /** Told what happens: the start, each request, each problem. Default: nothing is told. */
  readonly onLog?: (entry: LogEntry) => void;
}

/** From the gravest to the least: what failed, what was refused or looks wrong, what happens, what is normal noise. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** Something that happened. Holds no secret. */
export interface LogEntry {
  /** A request is `info` with a status below 400 and no diagnosis, else `warn`. */
  readonly level: LogLevel;
  /** One line for people. */
  readonly message: string;
  /** The same for programs; of a request, `request` with what the service keeps of it, less headers and body. */
  readonly fields?: Readonly<Record<string, unknown>>;
}
