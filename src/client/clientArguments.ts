import {
  isKeyCredential,
  isTokenCredential,
  type KeyCredential,
  type TokenCredential,
} from "@azure/core-auth";
import { parseConnectionString, requireSetting } from "../connectionString.js";
import type { CommunicationIdentityClientOptions } from "../models.js";
import { decodeAccessKey } from "../pipeline/accessKey.js";
import { isLoopback } from "../pipeline/loopback.js";

/** The arguments of a client's constructor, checked and brought into one shape. */
export interface ClientArguments {
  /** Scheme, host and port, without a slash at the end. */
  readonly endpoint: URL;
  readonly credential: KeyCredential | TokenCredential;
  readonly options: CommunicationIdentityClientOptions;
}

export function readClientArguments(
  connectionStringOrEndpoint: string,
  credentialOrOptions: KeyCredential | TokenCredential | CommunicationIdentityClientOptions | undefined,
  maybeOptions: CommunicationIdentityClientOptions | undefined,
): ClientArguments {
  if (isTokenCredential(credentialOrOptions) || isKeyCredential(credentialOrOptions)) {
    const options = maybeOptions ?? {};
    const endpoint = readEndpoint(connectionStringOrEndpoint, options);
    if (isKeyCredential(credentialOrOptions)) decodeAccessKey(credentialOrOptions.key);
    else if (endpoint.protocol === "http:" && !isLoopback(endpoint.hostname)) {
      throw invalidEndpoint("an Entra ID token is sent over plain http to a loopback host only");
    }
    return { endpoint, credential: credentialOrOptions, options };
  }
  if (typeof credentialOrOptions === "string") {
    throw new TypeError(
      /^\s*https?:/i.test(credentialOrOptions)
        ? "The key and the endpoint are swapped: the endpoint comes first."
        : "The access key is a string. Pass new AzureKeyCredential(key).",
    );
  }
  if (/^\s*https?:/i.test(connectionStringOrEndpoint)) {
    throw new TypeError("An endpoint needs a KeyCredential or a TokenCredential.");
  }
  const options = credentialOrOptions ?? maybeOptions ?? {};
  const { endpoint, credential } = parseConnectionString(connectionStringOrEndpoint);
  return { endpoint: readEndpoint(endpoint, options), credential, options };
}

/** Looks at own properties only: a polluted `Object.prototype` must not allow plain http. */
export function allowsInsecureConnection(options: CommunicationIdentityClientOptions): boolean {
  return Object.hasOwn(options, "allowInsecureConnection") && options.allowInsecureConnection === true;
}

function readEndpoint(endpoint: string, options: CommunicationIdentityClientOptions): URL {
  requireSetting(endpoint, "The endpoint");
  // The error of `new URL` would hold its input, which may be a connection string.
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:\/\/[^/?#@]+\/$/.test(url.href)) {
    throw invalidEndpoint("it must be an https URL that consists of scheme, host and port");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowsInsecureConnection(options)) {
    throw invalidEndpoint("plain http to a host other than loopback needs allowInsecureConnection: true");
  }
  return url;
}

function invalidEndpoint(reason: string): TypeError {
  return new TypeError(
    `The endpoint can't be used: ${reason}. It has the form https://<resource>.communication.azure.com.`,
  );
}
