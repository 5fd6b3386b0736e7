import { argumentError } from "./arguments/argumentError.js";
import { requireSetting } from "./arguments/requireText.js";
import { AzureKeyCredential } from "./azureKeyCredential.js";
import type { ArgumentErrorCode } from "./errors.js";

/** The content of a connection string. */
export interface EndpointCredential {
  /** The endpoint of the resource, as written. */
  endpoint: string;
  /** The access key of the resource. Its `update` replaces the key. */
  credential: AzureKeyCredential;
}

export const maxConnectionStringLength = 8192;

/**
 * Reads a connection string as the Azure portal shows it:
 * `endpoint=https://<resource>.communication.azure.com/;accesskey=<key>`.
 *
 * The two parts can be in any order, and their names in any case. White space, quotes around the whole string and a
 * trailing `;` are allowed. Unknown names are ignored.
 *
 * @param connectionString - At most 8192 characters.
 * @throws TypeError if it isn't a non-empty string or is too long, if a part is missing, empty, repeated or a
 * placeholder, or if the key isn't base64. The message names the part and never contains a value.
 *
 * @example
 * ```ts
 * const { endpoint, credential } = parseConnectionString(connectionString);
 * ```
 */
export function parseConnectionString(connectionString: string): EndpointCredential {
  requireSetting(connectionString, "The connection string");
  if (connectionString.length > maxConnectionStringLength) {
    throw invalid(`it is longer than ${maxConnectionStringLength} characters`);
  }
  const text = connectionString.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (text.startsWith("<")) throw invalid("it is still a placeholder");
  const parts = readParts(text);
  const endpoint = requirePart(parts, "endpoint");
  if (!connectionString.includes(";")) {
    throw invalid(
      "'accesskey' is missing. A shell ends an unquoted value at `;`: put the whole string in single quotes",
      "UNQUOTED_CONNECTION_STRING",
    );
  }
  return { endpoint, credential: new AzureKeyCredential(requirePart(parts, "accesskey")) };
}

function readParts(text: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(";")) {
    const [, label = "", value = ""] = /^\s*(endpoint|accesskey)\s*=(.*)/is.exec(part) ?? [];
    const name = label.toLowerCase();
    if (parts.has(name)) throw invalid(`it has '${name}' twice`);
    if (name) parts.set(name, value.trim());
  }
  return parts;
}

function requirePart(parts: Map<string, string>, name: string): string {
  const value = parts.get(name);
  if (!value) throw invalid(`'${name}' is ${value === undefined ? "missing" : "empty"}`);
  if (value.includes("<")) throw invalid(`'${name}' is still a placeholder`);
  return value;
}

function invalid(reason: string, code?: ArgumentErrorCode): TypeError {
  return argumentError(
    `The connection string can't be read: ${reason}. ` +
      "It has the form endpoint=https://<resource>.communication.azure.com/;accesskey=<key>.",
    code,
  );
}
