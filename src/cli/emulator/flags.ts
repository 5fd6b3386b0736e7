import { type Flags, toggle, valued } from "../parse.js";

/**
 * The port of the command, always the same one, so that the connection string in an app's settings stays right. The default
 * of `startEmulator` is any free port, because tests start several emulators at once.
 */
export const defaultCommandPort = 7311;

/** The flags of the emulator. Each also has an environment variable, ACS_EMULATOR_<FLAG>. */
export const flags: Flags = {
  port: valued("NUMBER", `Port to listen on; 0 takes any free one. Default: ${defaultCommandPort}`, "p"),
  host: valued("HOST", "Address to listen on. Default: 127.0.0.1, this machine only"),
  "allow-host": {
    ...valued("NAME", "Also serve this host name, but not the page; can be repeated. Default: none"),
    multiple: true,
  },
  env: {
    ...valued("NAME", "Another variable for the connection string; can be repeated. Default: none"),
    multiple: true,
  },
  config: valued(
    "FILE",
    "JSON with users, Entra applications and other options that a team shares. Default: none",
  ),
  "access-key": valued("BASE64", "Primary access key. Default: a well-known one"),
  "secondary-access-key": valued("BASE64", "Secondary access key. Default: another well-known one"),
  "resource-id": valued("GUID", "The resource in every user id. Default: a fixed one"),
  audience: valued("URL", "Of the Entra ID tokens that it accepts. Default: the public cloud's"),
  seed: valued("TEXT", "The same seed gives the same user ids. Default: none"),
  data: valued("FILE", "Keep the state in this file. Default: in memory"),
  strict: toggle("Reject known quirks of clients in signatures"),
  loose: toggle("Accept any API version, bearer token and content type"),
  "chat-for-entra-users": toggle("Give Entra users chat scopes, too, which the service's preview doesn't"),
  "encrypted-tokens": toggle(
    "Issue tokens that no client can decode, as the service will. Their key is public",
  ),
  throttle: valued("FACTOR", "Return 429 above the documented limits × FACTOR. Default: off"),
  "date-tolerance": valued("MINUTES", "How far the date of a signature may be off. Default: 15"),
  "revocation-delay": valued("SECONDS", "How long revoked tokens stay valid. Default: 0"),
  cert: valued("FILE", "Certificate in PEM: listen with https. Needs --key"),
  key: valued("FILE", "The certificate's key in PEM"),
  https: toggle("Listen with https, with a certificate that the emulator makes. It says how to trust it"),
  "exit-with-stdin": toggle("Stop when standard input ends, for a program that starts it"),
  "log-level": valued("LEVEL", "silent, error, warn, info or debug. Default: info"),
};

export function variableForFlag(flag: string): string {
  return `ACS_EMULATOR_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** The options of `startEmulator` that aren't called like their flags. */
const otherNames: Readonly<Record<string, string>> = {
  allowedHosts: "allow-host",
  dateToleranceInMinutes: "date-tolerance",
  revocationDelayInSeconds: "revocation-delay",
  "tls.cert": "cert",
  "tls.key": "key",
};

/** Returns the flag that sets an option of `startEmulator`. */
export function flagForOption(option: string): string {
  return otherNames[option] ?? option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
