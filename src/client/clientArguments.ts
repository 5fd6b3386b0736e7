import {
  isKeyCredential,
  isTokenCredential,
  type KeyCredential,
  type TokenCredential,
} from "@azure/core-auth";
import type { AdditionalPolicyConfig } from "@azure/core-client";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { decodeAccessKey } from "../arguments/accessKey.js";
import { argumentError } from "../arguments/argumentError.js";
import {
  notNegative,
  type OptionKind,
  type OptionKinds,
  plainObject,
  readOptions,
} from "../arguments/readOptions.js";
import { requireSetting } from "../arguments/requireText.js";
import { parseConnectionString } from "../connectionString.js";
import type { CommunicationIdentityClientOptions as Options } from "../models.js";
import { isLoopback } from "../shared/loopback.js";
import { parseUrl } from "../shared/parseUrl.js";

/** The validated arguments of a client's constructor, in one shape for all overloads. */
export interface ClientArguments {
  /** Only a scheme, host and port; the path is `/`. */
  readonly endpoint: URL;
  readonly credential: KeyCredential | TokenCredential;
  readonly options: Options;
}

export function readClientArguments(
  connectionStringOrEndpoint: string,
  credentialOrOptions: KeyCredential | TokenCredential | Options | undefined,
  maybeOptions: Options | undefined,
): ClientArguments {
  if (isTokenCredential(credentialOrOptions) || isKeyCredential(credentialOrOptions)) {
    const options = readOptions(maybeOptions, kinds);
    const endpoint = readEndpoint(connectionStringOrEndpoint, options);
    if (isKeyCredential(credentialOrOptions)) decodeAccessKey(credentialOrOptions.key);
    else if (endpoint.protocol === "http:" && (options.proxyOptions || !isLoopback(endpoint.hostname)))
      throw invalidEndpoint(
        "an Entra ID token can be sent over plain http only to a loopback host, and not through a proxy",
      );
    return { endpoint, credential: credentialOrOptions, options };
  }
  if (typeof credentialOrOptions === "string") {
    throw argumentError(
      /^\s*https?:/i.test(credentialOrOptions)
        ? "The key and the endpoint are swapped: the endpoint comes first."
        : "The access key is a string. Pass new AzureKeyCredential(key), which acs-identity exports.",
    );
  }
  if (/^\s*https?:/i.test(connectionStringOrEndpoint))
    throw argumentError("An endpoint needs a KeyCredential or a TokenCredential.");
  const options = readOptions(credentialOrOptions ?? maybeOptions, kinds);
  const { endpoint, credential } = parseConnectionString(connectionStringOrEndpoint);
  return { endpoint: readEndpoint(endpoint, options), credential, options };
}

const text: OptionKind = (value: unknown) =>
  (typeof value === "string" && !/\p{Surrogate}/u.test(value)) || "well-formed text";
const texts: OptionKind = (value: unknown[]) =>
  (Array.isArray(value) && value.every((each) => typeof each === "string")) || "an array of strings";
const isSender = (value?: { sendRequest: unknown }) => typeof value?.sendRequest === "function";
const additionalPolicies: OptionKind = (value: AdditionalPolicyConfig[]) =>
  (Array.isArray(value) && [...value].every((each) => isSender(each?.policy))) ||
  "an array of { policy, position }";

const kinds: OptionKinds<Options> = {
  apiVersion: text,
  audience: "string",
  clockCorrection: "boolean",
  allowInsecureConnection: "boolean",
  additionalPolicies,
  agent: plainObject,
  tlsOptions: plainObject,
  proxyOptions: plainObject,
  redirectOptions: "anything",
  httpClient: (value: HttpClient) => isSender(value) || "an HttpClient",
  retryOptions: { maxRetries: notNegative, retryDelayInMs: notNegative, maxRetryDelayInMs: notNegative },
  loggingOptions: {
    logger: "function",
    logUserIds: "boolean",
    additionalAllowedHeaderNames: texts,
    additionalAllowedQueryParameters: texts,
  },
  userAgentOptions: { userAgentPrefix: "string" },
  telemetryOptions: { clientRequestIdHeaderName: "string" },
};

function readEndpoint(endpoint: string, { allowInsecureConnection }: Options): URL {
  requireSetting(endpoint, "The endpoint");
  const url = parseUrl(endpoint);
  if (!url || !/^https?:\/\/[\w.:[\]-]+\/$/.test(url.href))
    throw invalidEndpoint("it must be an https URL with only a scheme, host and port");
  if (url.protocol === "http:" && !isLoopback(url.hostname) && allowInsecureConnection !== true)
    throw invalidEndpoint(
      "plain http to a host other than loopback needs allowInsecureConnection: true",
      "INSECURE_ENDPOINT",
    );
  return url;
}

function invalidEndpoint(reason: string, code?: "INSECURE_ENDPOINT"): TypeError {
  return argumentError(
    `The endpoint can't be used: ${reason}. It has the form https://<resource>.communication.azure.com.`,
    code,
  );
}
