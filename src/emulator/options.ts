import type { FakeIdentityServiceOptions } from "../testing/settings.js";

/** Options of `startEmulator`: those of the fake service, and where to listen and what to keep. */
export interface EmulatorOptions extends Omit<FakeIdentityServiceOptions, "endpoint"> {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** A host name or IP address of this machine. Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string;
  /** Listens with https: a certificate and its key, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** A file that keeps the state over restarts. It holds the key that signs tokens. Default: memory only. */
  readonly data?: string;
  /** Told what happens: the start, each request, each problem. Default: nothing is told. */
  readonly onLog?: (entry: LogEntry) => void;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Something that happened. Holds no secret. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** The same for programs. */
  readonly fields?: Readonly<Record<string, unknown>>;
}
