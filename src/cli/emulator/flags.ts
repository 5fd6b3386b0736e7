import type { Flags } from "../parse.js";

export const defaultPort = 7311;

/** Each flag also has an environment variable, ACS_EMULATOR_<FLAG>. */
export const flags: Flags = {
  port: {
    type: "string",
    short: "p",
    value: "NUMBER",
    help: `Port to listen on; 0 takes any free one. Default: ${defaultPort}`,
  },
  host: {
    type: "string",
    value: "HOST",
    help: "Address to listen on. Default: 127.0.0.1, this machine only",
  },
  config: {
    type: "string",
    value: "FILE",
    help: "JSON with users, Entra applications and other options that a team shares. Default: none",
  },
  "access-key": { type: "string", value: "BASE64", help: "Access key. Default: a well-known one" },
  "resource-id": {
    type: "string",
    value: "GUID",
    help: "The resource in every user id. Default: a fixed one",
  },
  seed: { type: "string", value: "TEXT", help: "The same seed gives the same user ids. Default: none" },
  data: { type: "string", value: "FILE", help: "Keep the state in this file. Default: in memory" },
  strict: { type: "boolean", help: "Reject known quirks of clients in signatures" },
  loose: { type: "boolean", help: "Accept any API version, bearer token and content type" },
  "chat-for-entra-users": {
    type: "boolean",
    help: "Give Entra users chat scopes, too, which the service's preview doesn't",
  },
  "encrypted-tokens": {
    type: "boolean",
    help: "Issue tokens that no client can decode, as the service will. Their key is public",
  },
  throttle: {
    type: "string",
    value: "FACTOR",
    help: "Return 429 above the documented limits × FACTOR. Default: off",
  },
  "date-tolerance": {
    type: "string",
    value: "MINUTES",
    help: "How far the date of a signature may be off. Default: 15",
  },
  cert: { type: "string", value: "FILE", help: "Certificate in PEM: listen with https. Needs --key" },
  key: { type: "string", value: "FILE", help: "The certificate's key in PEM" },
  https: {
    type: "boolean",
    help: "Listen with https, with a certificate that the emulator makes. It says how to trust it",
  },
  "log-level": { type: "string", value: "LEVEL", help: "silent, error, warn, info or debug. Default: info" },
};

/** Returns the name of a flag's environment variable. */
export function variableOf(flag: string): string {
  return `ACS_EMULATOR_${flag.toUpperCase().replaceAll("-", "_")}`;
}
