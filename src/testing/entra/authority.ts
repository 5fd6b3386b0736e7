import { type FakeContext, logCall, type ServiceCore } from "../serviceCore.js";
import { signingKey } from "../tokens/signingKey.js";
import { utf8Decode } from "../wire/bytes.js";
import type { Call, Guard } from "../wire/call.js";
import type { Row, Table } from "../wire/dispatch.js";
import { HttpError } from "../wire/httpError.js";
import { jsonType, type RequestHead, textResponse, type WireResponse } from "../wire/wire.js";
import { signIn, signOut } from "./authorize.js";
import { devicePage, startDeviceSignIn } from "./deviceSignIn.js";
import { EntraError } from "./entraError.js";
import { checkTenant, grantTokens } from "./grants.js";
import { refusalPage } from "./html.js";
import { identityPath, imdsPath, managedIdentityToken } from "./managedIdentity.js";
import type { GrantRequest } from "./tokenResponse.js";

/** @throws EntraError. */
type Handle<Result> = (core: ServiceCore, call: Call) => Result | Promise<Result>;

type Refuse = (error: EntraError, call: Call, time: number) => WireResponse | Promise<WireResponse>;

/** The Entra ID authority of the service, which has the same host: what apps, browsers and managed identities use. */
export const entraTables: readonly Table<FakeContext>[] = [
  entraTable(true, jsonRefusal, [
    json("POST", "/{tenant}/oauth2/v2.0/token", (core, call) => grantTokens(core, formOf(call))),
    json("POST", "/{tenant}/oauth2/v2.0/devicecode", (core, call) => startDeviceSignIn(core, formOf(call))),
    json("GET", "/{tenant}/v2.0/.well-known/openid-configuration", configuration),
    json("GET", "/{tenant}/discovery/v2.0/keys", keys),
    json("GET", "/{tenant}/discovery/keys", keys),
    json("GET", "/{tenant}/discovery/instance", (_core, { request, query }) =>
      instanceDiscovery(authorityHostOf(request), request.host, query),
    ),
  ]),
  // People read these.
  entraTable(false, refusalPage, [
    row("GET", "/{tenant}/oauth2/v2.0/authorize", (core, call) => signIn(core, tenantOf(call), call)),
    row("GET", "/{tenant}/oauth2/v2.0/logout", (core, { query }) => signOut(core, query)),
    row("GET", "/{tenant}/oauth2/deviceauth", (core, { query }) => devicePage(core, query)),
  ]),
  // Their required headers keep web pages away.
  entraTable(
    false,
    jsonRefusal,
    [identityPath, imdsPath].map((path) =>
      json(
        "GET",
        path,
        (core, { request, query }) =>
          managedIdentityToken(core, authorityHostOf(request), request.headers, path, query),
        "own host",
      ),
    ),
  ),
];

function row(
  method: string,
  path: string,
  handle: Handle<WireResponse>,
  guard: Guard = "allowed host",
): Row<FakeContext> {
  return { method, path, guard, handle: ({ core }, call) => handle(core, call) };
}

/** @param handle - Returns the content of the response. */
function json(method: string, path: string, handle: Handle<object>, guard?: Guard): Row<FakeContext> {
  return row(method, path, async (core, call) => jsonResponse(200, await handle(core, call)), guard);
}

function entraTable(cors: boolean, refuse: Refuse, rows: readonly Row<FakeContext>[]): Table<FakeContext> {
  return {
    base: "",
    rows,
    cors,
    onError: ({ core }, call, error) => {
      const refusal = entraErrorOf(error);
      call.refusal = refusal;
      return refuse(refusal, call, core.clock.wallTime);
    },
    log: logCall,
  };
}

function entraErrorOf(error: unknown): EntraError {
  if (error instanceof EntraError) return error;
  if (!(error instanceof HttpError)) {
    const reason = error instanceof Error ? error.message : "unknown";
    return new EntraError("server_error", `AADSTS90033: Bug in the fake authority: ${reason}`, 500);
  }
  const { status, code, message } = error;
  if (status !== 405) return new EntraError(code, message, status);
  return new EntraError("invalid_request", `AADSTS900561: ${message}`, status);
}

/** Builds a body like Entra's, whose description repeats the ids and the time. */
function jsonRefusal(error: EntraError, { request }: Call, time: number): WireResponse {
  const { code, message, status } = error;
  if (error.number === 0) {
    return jsonResponse(status, { error: code, error_description: message });
  }
  const correlationId = request.headers.get("client-request-id") ?? crypto.randomUUID();
  const traceId = crypto.randomUUID();
  const timestamp = `${new Date(time).toISOString().slice(0, 19).replace("T", " ")}Z`;
  return jsonResponse(status, {
    error: code,
    error_description: `${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(error.suberror !== undefined && { suberror: error.suberror }),
  });
}

function jsonResponse(status: number, content: object): WireResponse {
  return textResponse(status, jsonType, JSON.stringify(content), [
    ["Cache-Control", "no-store, no-cache"],
    ["Pragma", "no-cache"],
  ]);
}

/** Returns the authority's origin as the client addressed it, such as `https://host`. */
function authorityHostOf({ scheme, host }: RequestHead): string {
  return `${scheme}://${host}`;
}

function tenantOf({ parameters: { tenant = "" } }: Call): string {
  return tenant.toLowerCase();
}

function formOf(call: Call): GrantRequest {
  const form = new URLSearchParams(formText(call.body));
  return { tenant: tenantOf(call), authorityHost: authorityHostOf(call.request), form };
}

function formText(body: Uint8Array): string {
  try {
    return utf8Decode(body);
  } catch {
    throw new EntraError("invalid_request", "AADSTS900142: The request body isn't a form in UTF-8.");
  }
}

function configuration(core: ServiceCore, call: Call): object {
  const tenant = tenantOf(call);
  checkTenant(core, tenant);
  return openIdConfiguration(authorityHostOf(call.request), tenant);
}

async function keys(_core: ServiceCore, call: Call): Promise<object> {
  const jwk = (await signingKey()).publishedJwk;
  return { keys: [{ ...jwk, issuer: issuerOf(authorityHostOf(call.request), tenantOf(call)) }] };
}

/**
 * Returns the OpenID configuration of a tenant.
 * @param authorityHost - `https://host`, without a slash.
 */
function openIdConfiguration(authorityHost: string, tenant: string): object {
  const base = `${authorityHost}/${tenant}`;
  return {
    issuer: issuerOf(authorityHost, tenant),
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment", "form_post"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    code_challenge_methods_supported: ["plain", "S256"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    request_uri_parameter_supported: false,
  };
}

/** Answers the question which hosts belong to the same authority. This authority has only one. */
function instanceDiscovery(authorityHost: string, host: string, query: URLSearchParams): object {
  const endpoint = query.get("authorization_endpoint") ?? "";
  const { pathname } = URL.canParse(endpoint) ? new URL(endpoint) : { pathname: "/common/" };
  const [, tenant = ""] = pathname.split("/");
  return {
    tenant_discovery_endpoint: `${authorityHost}/${tenant || "common"}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Returns the issuer as Entra publishes it: with a placeholder for the tenant where any tenant may sign in. */
function issuerOf(authorityHost: string, tenant: string): string {
  const issuerTenant = ["common", "organizations"].includes(tenant) ? "{tenantid}" : tenant;
  return `${authorityHost}/${issuerTenant}/v2.0`;
}
