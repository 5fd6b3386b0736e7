import { signingKey } from "../jwt/signingKey.js";
import type { Fake, FakeContext } from "../service/fake.js";
import { logCall } from "../service/logCall.js";
import type { Call } from "../wire/call.js";
import { HttpError } from "../wire/httpError.js";
import { unlessOfUser, withoutOuterSlashes } from "../wire/locate.js";
import type { PlainRow, Table } from "../wire/table.js";
import { jsonType, textResponse, type WireResponse } from "../wire/wire.js";
import { EntraError } from "./errors/entraError.js";
import { responseModes, responseTypes, signIn, signOut } from "./flows/authorize.js";
import { devicePage, startDeviceSignIn } from "./flows/deviceSignIn.js";
import { grantTokens } from "./flows/grants.js";
import { refusalPage } from "./flows/html.js";
import { identityPath, imdsPath, managedIdentityToken } from "./flows/managedIdentity.js";
import { userInfo } from "./flows/userInfo.js";
import { checkTenant, type EntraRequest, readEntraRequest } from "./request/entraRequest.js";
import { openIdScopes } from "./request/scopes.js";
import { supportedClaims } from "./tokens/entraClaims.js";

/** @throws EntraError. */
type Handle<Result> = (fake: Fake, request: EntraRequest, call: Call) => Result | Promise<Result>;

type Refuse = (fake: Fake, error: EntraError, call: Call) => WireResponse | Promise<WireResponse>;

const userInfoPath = "/oidc/userinfo";

/** The Entra ID authority of the service, which has the same host: what apps, browsers and managed identities use. */
export const entraTables: readonly Table<FakeContext>[] = [
  entraTable(true, jsonRefusal, [
    json("POST", "/{tenant}/oauth2/v2.0/token", grantTokens),
    json("POST", "/{tenant}/oauth2/v2.0/devicecode", startDeviceSignIn),
    json("POST", "/{tenant}/oauth2/token", () => {
      throw notEmulated("The token endpoint of version 1.0", "Use /oauth2/v2.0/token, as MSAL does.");
    }),
    json("GET", "/{tenant}/v2.0/.well-known/openid-configuration", configuration("/v2.0")),
    // Of version 1.0, as are the tokens for ACS.
    json("GET", "/{tenant}/.well-known/openid-configuration", configuration("/")),
    json("GET", "/{tenant}/discovery/v2.0/keys", keys),
    json("GET", "/{tenant}/discovery/keys", keys),
    json("GET", "/{tenant}/discovery/instance", instanceDiscovery),
    json("GET", userInfoPath, userInfo),
    json("POST", userInfoPath, userInfo),
  ]),
  // People read these.
  {
    ...entraTable(false, refusalPage, [
      ...pages("/{tenant}/oauth2/v2.0/authorize", signIn),
      ...pages("/{tenant}/oauth2/v2.0/logout", signOut),
      row("GET", "/{tenant}/oauth2/deviceauth", devicePage),
      ...pages("/{tenant}/oauth2/authorize", () => {
        throw notEmulated("Sign-in of version 1.0", "Use /oauth2/v2.0/authorize, as MSAL does.");
      }),
      ...pages("/{tenant}/oauth2/logout", () => {
        throw notEmulated("Sign-out of version 1.0", "Use /oauth2/v2.0/logout, as MSAL does.");
      }),
      ...["/{tenant}/adminconsent", "/{tenant}/v2.0/adminconsent"].flatMap((path) =>
        pages(path, () => {
          throw notEmulated("A page for consent", "The emulator's own page gives it, under Entra ID.");
        }),
      ),
    ]),
    pathOf: unlessOfUser,
  },
  // The headers that managed identities require keep web pages away. Some clients add slashes to the address from their environment.
  {
    ...entraTable(
      false,
      managedIdentityRefusal,
      [identityPath, imdsPath].map((path) => json("GET", path, managedIdentityToken, "own host")),
    ),
    pathOf: withoutOuterSlashes,
  },
];

function row(
  method: string,
  path: string,
  handle: Handle<WireResponse>,
  guard: PlainRow<FakeContext>["guard"] = "allowed host",
): PlainRow<FakeContext> {
  return {
    method,
    path,
    guard,
    handle: ({ fake }, call) => handle(fake, readEntraRequest(fake, call), call),
  };
}

/** @param handle - Returns the content of the response. */
function json(
  method: string,
  path: string,
  handle: Handle<object>,
  guard?: PlainRow<FakeContext>["guard"],
): PlainRow<FakeContext> {
  return row(method, path, async (...input) => jsonResponse(200, await handle(...input)), guard);
}

/** The parameters of these may stand in the query or in a form (OpenID Connect Core, 3.1.2.1). */
function pages(path: string, handle: Handle<WireResponse>): PlainRow<FakeContext>[] {
  return ["GET", "POST"].map((method) => row(method, path, handle));
}

function entraTable(
  cors: boolean,
  refuse: Refuse,
  rows: readonly PlainRow<FakeContext>[],
): Table<FakeContext> {
  return {
    base: "",
    rows,
    cors,
    onError: async ({ fake }, call, error) => {
      const refusal = toEntraError(error);
      const { diagnosis } = refusal.options;
      if (diagnosis !== undefined) call.remarks.push(diagnosis);
      return { ...(await refuse(fake, refusal, call)), refusal };
    },
    log: logCall,
  };
}

function notEmulated(what: string, remedy: string): EntraError {
  return new EntraError("not_emulated", `${what} isn't emulated. ${remedy}`, 404);
}

function toEntraError(error: unknown): EntraError {
  if (error instanceof EntraError) return error;
  if (!(error instanceof HttpError)) {
    const reason = error instanceof Error ? error.message : "unknown";
    return new EntraError("server_error", `AADSTS90033: Bug in the fake authority: ${reason}`, 500);
  }
  const { status, code, message } = error;
  if (status !== 405) return new EntraError(code, message, status);
  return new EntraError("invalid_request", `AADSTS900561: ${message}`, status);
}

/** App Service words its errors in its own way. */
function managedIdentityRefusal(fake: Fake, error: EntraError, call: Call): WireResponse {
  const { status: statusCode, message } = error;
  const correlationId = crypto.randomUUID();
  return call.endpoint?.path === identityPath
    ? jsonResponse(statusCode, { statusCode, message, correlationId })
    : jsonRefusal(fake, error, call);
}

/** Builds a body like Entra's, whose description repeats the ids and the time. */
function jsonRefusal({ clock }: Fake, error: EntraError, { request }: Call): WireResponse {
  const { code, message, status } = error;
  if (error.number === 0) {
    return jsonResponse(status, { error: code, error_description: message });
  }
  const correlationId = request.headers.get("client-request-id") ?? crypto.randomUUID();
  const traceId = crypto.randomUUID();
  const timestamp = `${new Date(clock.wallTime).toISOString().slice(0, 19).replace("T", " ")}Z`;
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

async function keys(_fake: Fake, { authorityHost, tenant }: EntraRequest): Promise<object> {
  const jwk = (await signingKey()).publishedJwk;
  return { keys: [{ ...jwk, issuer: publishedIssuer(authorityHost, tenant, "/v2.0") }] };
}

/**
 * Returns the handler for the OpenID configuration of a tenant.
 * @param version - The end of the issuer, which differs by the version of the tokens. The endpoints are the same.
 */
function configuration(version: "/" | "/v2.0"): Handle<object> {
  return (fake, { authorityHost, tenant }) => {
    checkTenant(fake, tenant);
    const base = `${authorityHost}/${tenant}`;
    return {
      issuer: publishedIssuer(authorityHost, tenant, version),
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      userinfo_endpoint: `${authorityHost}${userInfoPath}`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
      response_types_supported: responseTypes,
      response_modes_supported: responseModes,
      scopes_supported: openIdScopes,
      claims_supported: supportedClaims,
      code_challenge_methods_supported: ["plain", "S256"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      request_uri_parameter_supported: false,
    };
  };
}

/** Answers the question which hosts belong to the same authority. This authority has only one. */
function instanceDiscovery(
  _fake: Fake,
  { authorityHost, parameters }: EntraRequest,
  { request: { host } }: Call,
): object {
  const endpoint = parameters.get("authorization_endpoint") ?? "";
  const { pathname } = URL.canParse(endpoint) ? new URL(endpoint) : { pathname: "/common/" };
  const [, tenant = ""] = pathname.split("/");
  return {
    tenant_discovery_endpoint: `${authorityHost}/${tenant || "common"}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Returns the issuer as Entra publishes it: with a placeholder for the tenant where any tenant may sign in. */
function publishedIssuer(authorityHost: string, tenant: string, version: "/" | "/v2.0"): string {
  const issuerTenant = ["common", "organizations"].includes(tenant) ? "{tenantid}" : tenant;
  return `${authorityHost}/${issuerTenant}${version}`;
}
