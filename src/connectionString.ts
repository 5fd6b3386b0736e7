import { AzureKeyCredential } from "./azureKeyCredential.js";
import { decodeAccessKey } from "./pipeline/accessKey.js";

/** What a connection string holds. */
export interface EndpointCredential {
  /** The endpoint of the resource, as it was written. */
  endpoint: string;
  /** The access key of the resource. */
  credential: AzureKeyCredential;
}

const longestConnectionString = 8192;

/**
 * Reads a connection string as the Azure portal shows it: `endpoint=https://<resource>.communication.azure.com/;accesskey=<key>`.
 *
 * The order and the case of the two names are free, as are white space, quotes around the whole and a trailing
 * `;`. Names that it doesn't know are ignored.
 *
 * @param connectionString - At most 8192 characters.
 * @throws TypeError when it isn't a string, too long, when a part is missing, empty, repeated or a placeholder, or
 * when the key is not base64. The message names the part and never holds a value.
 */
export function parseConnectionString(connectionString: string): EndpointCredential {
  requireSetting(connectionString, "The connection string");
  if (connectionString.length > longestConnectionString) {
    throw invalid(`it is longer than ${longestConnectionString} characters`);
  }
  const parts = readParts(connectionString.trim().replace(/^(["'])(.*)\1$/s, "$2"));
  const endpoint = requirePart(parts, "endpoint");
  const key = requirePart(parts, "accesskey");
  decodeAccessKey(key);
  return { endpoint, credential: new AzureKeyCredential(key) };
}

/** Settings come from the environment, where one that is missing is `undefined` at run time whatever its type says. */
export function requireSetting(value: unknown, name: string): asserts value is string {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(`${name} must be a non-empty string. Is the environment variable for it set?`);
  }
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

function invalid(reason: string): TypeError {
  return new TypeError(
    `The connection string can't be read: ${reason}. ` +
      "It has the form endpoint=https://<resource>.communication.azure.com/;accesskey=<key>.",
  );
}
