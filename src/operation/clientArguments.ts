import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import { parseConnectionString, requireSetting } from "../connectionString.js";
import type { CommunicationIdentityClientOptions } from "../models.js";
import { decodeAccessKey } from "../pipeline/accessKey.js";
import { isLoopback } from "../pipeline/loopback.js";

/** The arguments of a client constructor, checked and made one shape of. */
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
      throw invalidEndpoint("an Entra ID token goes over plain http to a loopback host only");
    }
    return { endpoint, credential: credentialOrOptions, options };
  }
  if (typeof credentialOrOptions === "string" || /^\s*https?:/i.test(connectionStringOrEndpoint)) {
    throw new TypeError("An endpoint needs a KeyCredential or a TokenCredential.");
  }
  const options = credentialOrOptions ?? maybeOptions ?? {};
  const { endpoint, credential } = parseConnectionString(connectionStringOrEndpoint);
  return { endpoint: readEndpoint(endpoint, options), credential, options };
}

export function isKeyCredential(value: unknown): value is KeyCredential {
  return typeof (value as KeyCredential | undefined)?.key === "string";
}

export function isTokenCredential(value: unknown): value is TokenCredential {
  return typeof (value as TokenCredential | undefined)?.getToken === "function";
}

/** Own properties only: a polluted `Object.prototype` must not open the way to plain http. */
export function allowsInsecureConnection(options: CommunicationIdentityClientOptions): boolean {
  return Object.hasOwn(options, "allowInsecureConnection") && options.allowInsecureConnection === true;
}

function readEndpoint(endpoint: string, options: CommunicationIdentityClientOptions): URL {
  requireSetting(endpoint, "The endpoint");
  // Asked before, since the error of `new URL` holds its input, which may be a connection string.
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:\/\/[^/?#@]+\/$/.test(url.href)) {
    throw invalidEndpoint("it must be an https URL of scheme, host and port alone");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowsInsecureConnection(options)) {
    throw invalidEndpoint("plain http to another host than loopback needs allowInsecureConnection: true");
  }
  return url;
}

function invalidEndpoint(reason: string): TypeError {
  return new TypeError(
    `The endpoint can't be used: ${reason}. It has the form https://<resource>.communication.azure.com.`,
  );
}
