import type { KeyCredential, TokenCredential } from "@azure/core-auth";
import { parseConnectionString } from "../connectionString.js";
import { argumentError, requireMembers, requireNumber, requireSetting } from "../errors.js";
import type { CommunicationIdentityClientOptions as Options } from "../models.js";
import { decodeAccessKey } from "../pipeline/accessKey.js";
import { isKeyCredential, isTokenCredential } from "../pipeline/credentials.js";
import { isLoopback } from "../shared/loopback.js";
import { membersOf } from "../shared/membersOf.js";
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
    const options = readClientOptions(maybeOptions);
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
  if (/^\s*https?:/i.test(connectionStringOrEndpoint)) {
    throw argumentError("An endpoint needs a KeyCredential or a TokenCredential.");
  }
  const options = readClientOptions(credentialOrOptions ?? maybeOptions);
  const { endpoint, credential } = parseConnectionString(connectionStringOrEndpoint);
  return { endpoint: readEndpoint(endpoint, options), credential, options };
}

/** The options that hold others. */
type Holder = "proxyOptions" | "retryOptions" | "loggingOptions" | "userAgentOptions" | "telemetryOptions";

/** Reads every member at every depth, but none of a polluted `Object.prototype`. A list that lacks a name doesn't compile. */
function readClientOptions(given: Options | undefined): Options {
  requireMembers(given, "The client's options", '{ apiVersion: "2023-10-01" }');
  const options = membersOf(
    given,
    ...(["apiVersion", "clockCorrection", "httpClient", "additionalPolicies", "audience"] as const),
    ...(["agent", "tlsOptions", "proxyOptions", "retryOptions", "loggingOptions"] as const),
    ...(["userAgentOptions", "telemetryOptions", "redirectOptions", "allowInsecureConnection"] as const),
  ) satisfies Record<keyof Options, unknown>;
  const { apiVersion, proxyOptions, retryOptions, loggingOptions, userAgentOptions, telemetryOptions } =
    options;
  if (apiVersion !== undefined && (typeof apiVersion !== "string" || /\p{Surrogate}/u.test(apiVersion)))
    throw argumentError("apiVersion must be well-formed text.");
  const read = {
    proxyOptions: proxyOptions && membersOf(proxyOptions, "host", "port", "username", "password"),
    retryOptions: membersOf(retryOptions, "maxRetries", "retryDelayInMs", "maxRetryDelayInMs"),
    loggingOptions: membersOf(
      loggingOptions,
      ...(["logger", "logUserIds"] as const),
      ...(["additionalAllowedHeaderNames", "additionalAllowedQueryParameters"] as const),
    ),
    userAgentOptions: membersOf(userAgentOptions, "userAgentPrefix"),
    telemetryOptions: membersOf(telemetryOptions, "clientRequestIdHeaderName"),
  } satisfies { [Name in Holder]: Record<keyof NonNullable<Options[Name]>, unknown> | undefined };
  for (const [name, value] of Object.entries(read.retryOptions)) requireNumber(value, `retryOptions.${name}`);
  // It counts only as an own property, so that whoever sends signatures in clear text has written that down.
  if (!Object.hasOwn(given ?? {}, "allowInsecureConnection")) options.allowInsecureConnection = undefined;
  return Object.assign(options, read) as Options;
}

function readEndpoint(endpoint: string, { allowInsecureConnection }: Options): URL {
  requireSetting(endpoint, "The endpoint");
  const url = parseUrl(endpoint);
  if (!url || !/^https?:\/\/[^/?#@]+\/$/.test(url.href)) {
    throw invalidEndpoint("it must be an https URL with only a scheme, host and port");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && allowInsecureConnection !== true) {
    throw invalidEndpoint(
      "plain http to a host other than loopback needs allowInsecureConnection: true",
      "INSECURE_ENDPOINT",
    );
  }
  return url;
}

function invalidEndpoint(reason: string, code?: "INSECURE_ENDPOINT"): TypeError {
  return argumentError(
    `The endpoint can't be used: ${reason}. It has the form https://<resource>.communication.azure.com.`,
    code,
  );
}
