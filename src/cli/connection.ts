import { buffer } from "node:stream/consumers";
import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import {
  CommunicationIdentityClient,
  type CommunicationIdentityClientOptions,
  parseConnectionString,
} from "acs-identity";
import { connectionVariable } from "../emulator/environment/environment.js";
import type { Environment, Invocation } from "./command.js";
import { entraCredential, givenTokenCredential } from "./entraCredential.js";
import { CommandError, usageError } from "./errors.js";
import { escapeMatches } from "./output.js";
import { type Flags, toggle, valued } from "./parse.js";

/** The flags that select the resource and how to authenticate. */
export const connectionFlags: Flags = {
  "connection-string": valued(
    "TEXT",
    "- reads it from standard input. Default: COMMUNICATION_CONNECTION_STRING",
  ),
  endpoint: valued("URL", "To sign in with Entra ID through @azure/identity, instead of a key"),
  "entra-token": valued("-", "With --endpoint: read an Entra ID token from standard input instead"),
  audience: valued("URL", "Of Entra ID tokens, for a sovereign cloud. Default: the public cloud's"),
  "allow-insecure-connection": toggle("Allow http to another machine, with an access key"),
};

export interface Connection {
  readonly endpoint: string;
  readonly credential: KeyCredential | TokenCredential;
  /** The flag or variable that named the resource. */
  readonly source: string;
  readonly options: CommunicationIdentityClientOptions;
}

/** @throws CommandError if the settings don't name a resource or can't be used. It contains none of their values. */
export async function readConnection({ values, environment }: Invocation): Promise<Connection> {
  const { endpoint, audience } = values;
  const options = {
    allowInsecureConnection: values["allow-insecure-connection"] === true,
    ...(typeof audience === "string" && { audience }),
  };
  if (endpoint !== undefined && values["connection-string"] !== undefined) {
    throw usageError("--connection-string and --endpoint can't be combined");
  }
  if (values["entra-token"] !== undefined && endpoint === undefined) {
    throw usageError("--entra-token needs --endpoint");
  }
  if (typeof endpoint === "string") {
    const token = values["entra-token"];
    const credential =
      typeof token === "string"
        ? givenTokenCredential(await readValue(token))
        : await entraCredential(endpoint);
    return { endpoint, credential, source: "--endpoint", options };
  }
  const fromFlag = values["connection-string"];
  const source = fromFlag === undefined ? connectionVariable : "--connection-string";
  const given = typeof fromFlag === "string" ? await readValue(fromFlag) : environment[connectionVariable];
  if (!given) throw usageError(missing(environment), "NO_CONNECTION_STRING");
  try {
    return { ...parseConnectionString(given), source, options };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw usageError(`${source}: ${message}`, code);
  }
}

/** @throws CommandError if the endpoint, the key or the proxy can't be used. */
export function createClient({
  endpoint,
  credential,
  source,
  options,
}: Connection): CommunicationIdentityClient {
  try {
    return new CommunicationIdentityClient(endpoint, credential, options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    if (code === "INVALID_PROXY") throw usageError(message, code);
    // The client names its option, and users of the command have a flag for it.
    const text = message.replace("allowInsecureConnection: true", "--allow-insecure-connection");
    throw usageError(`${source}: ${text}`, code);
  }
}

/** Reads standard input for `-`, so that no secret has to be on the command line, which other users can see. */
export async function readValue(given: string): Promise<string> {
  if (given !== "-") return given;
  const value = decodeText(await buffer(process.stdin)).trim();
  if (value === "")
    throw new CommandError(
      "Standard input was empty. Did the program before the pipe fail?",
      1,
      "EMPTY_INPUT",
    );
  return value;
}

/** Decodes UTF-8, or the UTF-16 that `>` and `Out-File` of Windows PowerShell write. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xfe && second === 0xff ? "utf-16be" : second === 0xfe || second === 0 ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function missing(environment: Environment): string {
  const others = Object.keys(environment).filter(
    (name) => name !== connectionVariable && /^["']?\s*endpoint=/i.test(environment[name] ?? ""),
  );
  const hint = others.length > 0 ? ` (set, but not used: ${others.map(visibleName).join("; ")})` : "";
  return `${connectionVariable} is not set${hint}. Set it, or pass --connection-string or --endpoint. For one of this machine: npx --no-install acs-identity emulator`;
}

/** Quotes a variable's name if it has characters that can't be seen, and says where they come from. */
function visibleName(name: string): string {
  if (/^\w+$/.test(name)) return name;
  const quoted = `"${escapeMatches(name, /[^\x20-\x7e]/g)}"`;
  if (name.startsWith("\ufeff"))
    return `${quoted}, which begins with a byte order mark: save the .env file without one`;
  if (/\s$/.test(name)) return `${quoted}, which ends with a blank: write no blanks around =`;
  return quoted;
}
