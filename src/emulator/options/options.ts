import type { FakeIdentityServiceOptions } from "../../testing/service/settings.js";

/** Options of `startEmulator`: those of the fake service, plus where to listen, store the state and log. */
export interface EmulatorOptions extends Omit<FakeIdentityServiceOptions, "endpoint"> {
  /** The port, from 0 to 65535. @defaultValue 0, any free port */
  readonly port?: number | undefined;
  /** A host name or IP address of this machine. @defaultValue `127.0.0.1`, which only this machine can reach */
  readonly host?: string | undefined;
  /**
   * Further host names that reach sign-in and the published keys, but never the page and the admin API. An application
   * whose authority is `https://login.microsoftonline.com` reaches the emulator if that name leads to it. With `https`,
   * the names get a certificate of their own.
   *
   * @defaultValue none
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The certificate and key to serve HTTPS with. @defaultValue HTTP */
  readonly tls?:
    | {
        /** The certificate in PEM, followed by any intermediate certificates. */
        readonly cert: string;
        /** The certificate's private key in PEM. */
        readonly key: string;
      }
    | undefined;
  /**
   * Serves HTTPS with a certificate for this machine, which the emulator makes. It is stored in the folder
   * `.acs-identity-emulator` of the home directory: `certificateFile` of the emulator is what clients have to trust.
   *
   * @defaultValue false
   */
  readonly https?: boolean | undefined;
  /**
   * A regular file that keeps the state across restarts. If it exists, it decides who exists: `users` count for a new file
   * and for a reset.
   *
   * @defaultValue memory only
   */
  readonly data?: string | undefined;
  /** Called with log entries for the start, each request and each problem. @defaultValue nothing is logged */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
}

/** From most to least severe: failures, what was rejected or looks wrong, normal events, and details. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** A log entry. It contains no secrets. */
export interface LogEntry {
  /** Requests are `info` with a status below 400 and no diagnosis, and `warn` otherwise. */
  readonly level: LogLevel;
  /** One line of text for people. */
  readonly message: string;
  /** The same for programs. For a request: `request`, its log entry without headers and body, and `help`, a link. */
  readonly fields?: Readonly<Record<string, unknown>>;
}
