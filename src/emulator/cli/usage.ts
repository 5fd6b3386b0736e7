export const defaultPort = 7311;

/** What a flag is and what it does. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly value?: string;
  readonly help: string;
}

/** Every flag but --help and --version is also the environment variable ACS_EMULATOR_<FLAG>. */
export const flags: Readonly<Record<string, Flag>> = {
  port: {
    type: "string",
    value: "NUMBER",
    help: `Port to listen on; 0 takes any free one. Default: ${defaultPort}`,
  },
  host: {
    type: "string",
    value: "HOST",
    help: "Address to listen on. Default: 127.0.0.1, this machine only",
  },
  "access-key": { type: "string", value: "BASE64", help: "Access key. Default: a well-known one" },
  "resource-id": {
    type: "string",
    value: "GUID",
    help: "The resource in every user id. Default: a fixed one",
  },
  seed: { type: "string", value: "TEXT", help: "The same seed gives the same user ids. Default: none" },
  data: { type: "string", value: "FILE", help: "Keep the state in this file. Default: in memory" },
  strict: { type: "boolean", help: "Accept no quirk of any client in signatures" },
  loose: { type: "boolean", help: "Accept any API version, bearer token and content type" },
  throttle: {
    type: "string",
    value: "FACTOR",
    help: "Answer 429 beyond the documented limits times this. Default: off",
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
    help: "Listen with https, with a certificate made by mkcert or openssl",
  },
  "log-level": { type: "string", value: "LEVEL", help: "silent, error, warn, info or debug. Default: info" },
  json: { type: "boolean", help: "Write each line as JSON" },
  help: { type: "boolean", help: "Show this" },
  version: { type: "boolean", help: "Show the version" },
};

/** The environment variable of a flag. */
export function variableOf(flag: string): string {
  return `ACS_EMULATOR_${flag.toUpperCase().replaceAll("-", "_")}`;
}

export function usage(): string {
  const rows = Object.entries(flags).map(([name, { value, help }]) => [
    `--${name}${value ? ` ${value}` : ""}`,
    help,
  ]);
  const width = Math.max(...rows.map(([flag = ""]) => flag.length));
  const lines = rows.map(([flag = "", help]) => `  ${flag.padEnd(width)}  ${help}`);
  return `Usage: acs-identity-emulator [options]

A local emulator of the Azure Communication Services Identity service.

Options (each is also an environment variable, for example ${variableOf("log-level")}=warn):
${lines.join("\n")}

Exit codes: 0 stopped, 1 failed, 2 wrong option, 3 port not available, 4 data file not usable.
`;
}
