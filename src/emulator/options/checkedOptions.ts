import { type FakeIdentityServiceOptions, serviceOptionNames } from "../../testing/service/settings.js";
import { checkOption, checkOptions } from "../../testing/validation/check.js";
import { nonEmptyText, optional, texts } from "../../testing/validation/constraints.js";
import { canonicalHost } from "./hosts.js";
import type { EmulatorOptions } from "./options.js";

/** The options of the emulator with their defaults, and apart from them those of its service, which checks these itself. */
export interface CheckedOptions extends Pick<EmulatorOptions, "tls" | "data" | "onLog"> {
  readonly port: number;
  /** The host as requests name it. */
  readonly host: string;
  /** The names in lower case. */
  readonly allowedHosts: readonly string[];
  readonly https: boolean;
  readonly serviceOptions: Omit<FakeIdentityServiceOptions, "endpoint">;
}

const ownNames = ["port", "host", "allowedHosts", "tls", "https", "data", "onLog"];

/** @throws TypeError that names the option that can't be used. */
export function checkedOptions(options: EmulatorOptions): CheckedOptions {
  const known = [...ownNames, ...serviceOptionNames].filter((name) => name !== "endpoint");
  const tlsInstead = "tls: { cert, key }";
  checkOptions(options, known, { cert: tlsInstead, key: tlsInstead });
  const {
    port = 0,
    host = "127.0.0.1",
    allowedHosts = [],
    tls,
    https = false,
    data,
    onLog,
    ...serviceOptions
  } = options;
  checkOption(
    Number.isInteger(port) && port >= 0 && port <= 65_535,
    "port",
    "must be an integer from 0 to 65535",
  );
  checkOption(onLog === undefined || typeof onLog === "function", "onLog", "must be a function");
  // Node would listen on every address if the host were empty.
  checkOption(typeof host === "string" && host !== "", "host", "must be a name or an IP address");
  const namedHost = canonicalHost(host);
  checkOption(
    texts.is(allowedHosts) && allowedHosts.every((name) => isOfOthers(name, namedHost)),
    "allowedHosts",
    "must be host names of others with a dot and without a port, such as login.microsoftonline.com",
  );
  checkOption(optional(nonEmptyText).is(data), "data", "must be the path of a file");
  checkOption(!https || !tls, "https", "creates a certificate, so it can't be combined with tls");
  const lowerCase = allowedHosts.map((name) => name.toLowerCase());
  return { port, host: namedHost, allowedHosts: lowerCase, tls, https, data, onLog, serviceOptions };
}

/**
 * Returns whether a name can only be another server's. Addresses, names of this machine and names without a dot may count as
 * the emulator's own, and so reach its page.
 */
function isOfOthers(name: string, host: string): boolean {
  return /^([a-z\d-]+\.)+(?!localhost$)[a-z][a-z\d-]*$/i.test(name) && name.toLowerCase() !== host;
}
