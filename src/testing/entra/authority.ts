import { durationSince } from "../requestLog.js";
import type { ServiceCore } from "../serviceCore.js";
import { signingKey } from "../tokens/signingKey.js";
import { utf8Decode } from "../wire/bytes.js";
import { jsonType, textResponse } from "../wire/response.js";
import type { WireRequest, WireResponse } from "../wire/wire.js";
import { authorize, redirectResponse } from "./authorize.js";
import { devicePage, startDeviceSignIn } from "./deviceSignIn.js";
import { instanceDiscovery, issuerOf, openIdConfiguration } from "./discovery.js";
import { EntraError } from "./entraError.js";
import { checkTenant, grantTokens } from "./grants.js";
import { refusalPage } from "./html.js";
import type { EntraTokenRequest } from "./tokenRequest.js";

/** Returns the authority's origin as the client addressed it, such as `https://host`. */
export function authorityHostOf({ scheme, host }: WireRequest): string {
  return `${scheme}://${host}`;
}

/**
 * Responds to a request to the service's Entra ID authority, which has the same host. Returns undefined for any
 * other request.
 */
export async function authorityResponse(
  core: ServiceCore,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const [path = "", query = ""] = request.target.split("?", 2);
  const [, tenant = "", endpoint = ""] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const answer = Object.hasOwn(endpoints, endpoint) ? endpoints[endpoint] : undefined;
  if (!answer) return undefined;
  return entraResponse(
    core,
    request,
    () => answer(core, request, tenant.toLowerCase(), new URLSearchParams(query)),
    // A person reads this one.
    answer === devicePage ? refusalPage : undefined,
  );
}

/**
 * Runs a request to the authority, creates its response and logs it.
 * @param answer - Returns a response, or the content of a JSON response.
 * @param refuse - Creates the response for an error. By default, JSON, as at the token endpoint.
 */
export async function entraResponse(
  core: ServiceCore,
  request: WireRequest,
  answer: () => object | Promise<object>,
  refuse: (error: EntraError) => WireResponse | Promise<WireResponse> = (error) =>
    jsonResponse(error.status, errorBody(error, request)),
): Promise<WireResponse> {
  const startedAt = performance.now();
  const finish = (response: WireResponse, error?: EntraError) => {
    core.log.add(core.clock.time, request, {
      status: response.status,
      ...(error
        ? { code: error.error, message: error.message, topic: "entra-id-errors-of-the-emulator" }
        : {}),
      durationInMs: durationSince(startedAt),
    });
    return response;
  };
  try {
    const content = await answer();
    return finish(isResponse(content) ? content : jsonResponse(200, content));
  } catch (error) {
    const refusal = error instanceof EntraError ? error : internalError(error);
    return finish(await refuse(refusal), refusal);
  }
}

function isResponse(content: object): content is WireResponse {
  return "chunked" in content;
}

type Endpoint = (
  core: ServiceCore,
  request: WireRequest,
  tenant: string,
  query: URLSearchParams,
) => object | Promise<object>;

/** By the path after the tenant. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  "oauth2/v2.0/authorize": signIn,
  "oauth2/v2.0/token": (core, request, tenant) => post(grantTokens, core, request, tenant),
  "oauth2/v2.0/devicecode": (core, request, tenant) => post(startDeviceSignIn, core, request, tenant),
  "oauth2/deviceauth": devicePage,
  "v2.0/.well-known/openid-configuration": configuration,
  "discovery/v2.0/keys": keys,
  "discovery/keys": keys,
  "discovery/instance": (_core, request, _tenant, query) =>
    instanceDiscovery(authorityHostOf(request), request.host, query),
};

/** For tests without a browser. The emulator responds before this does, with a page to choose a user. */
async function signIn(
  core: ServiceCore,
  _request: WireRequest,
  tenant: string,
  query: URLSearchParams,
): Promise<object> {
  const outcome = await authorize(core, tenant, query);
  if ("redirect" in outcome) return redirectResponse(outcome.redirect);
  throw new EntraError(
    400,
    "interaction_required",
    50058,
    "Only the emulator has a sign-in page. Send a login_hint that names a user.",
  );
}

/** Reads the form of a request and responds to it. @throws EntraError if it isn't a POST or has no form. */
function post(
  answer: (core: ServiceCore, request: EntraTokenRequest) => object | Promise<object>,
  core: ServiceCore,
  request: WireRequest,
  tenant: string,
): object | Promise<object> {
  if (request.method !== "POST") {
    throw new EntraError(
      405,
      "invalid_request",
      900561,
      `The endpoint only accepts POST requests. Received a ${request.method} request.`,
    );
  }
  const form = new URLSearchParams(formText(request.body));
  return answer(core, { tenant, authorityHost: authorityHostOf(request), form });
}

function formText(body: Uint8Array): string {
  try {
    return utf8Decode(body);
  } catch {
    throw new EntraError(400, "invalid_request", 900142, "The request body isn't a form in UTF-8.");
  }
}

function configuration(core: ServiceCore, request: WireRequest, tenant: string): object {
  checkTenant(core, tenant);
  return openIdConfiguration(authorityHostOf(request), tenant);
}

async function keys(_core: ServiceCore, request: WireRequest, tenant: string): Promise<object> {
  const jwk = (await signingKey()).publishedJwk;
  return { keys: [{ ...jwk, issuer: issuerOf(authorityHostOf(request), tenant) }] };
}

/** Builds a body like Entra's, whose description repeats the ids and the time. */
function errorBody({ error, message, number, suberror }: EntraError, request: WireRequest): object {
  if (number === 0) return { error, error_description: message };
  const correlationId = request.headers.get("client-request-id") ?? crypto.randomUUID();
  const traceId = crypto.randomUUID();
  const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    error,
    error_description: `${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(suberror === undefined ? {} : { suberror }),
  };
}

function internalError(error: unknown): EntraError {
  const reason = error instanceof Error ? error.message : "unknown";
  return new EntraError(500, "server_error", 90033, `Bug in the fake authority: ${reason}`);
}

function jsonResponse(status: number, content: object): WireResponse {
  return textResponse(status, jsonType, JSON.stringify(content), [
    ["Cache-Control", "no-store, no-cache"],
    ["Pragma", "no-cache"],
  ]);
}
