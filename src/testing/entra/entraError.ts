import { HttpError } from "../wire/httpError.js";

/** An error response of Entra ID, with the number after `AADSTS`. */
export class EntraError extends HttpError {
  override readonly name = "EntraError";
  /** 0 if the response has none, as for managed identities. */
  readonly number: number;
  /** Tells MSAL which kind of the error this is, for example `consent_required`. */
  readonly suberror: string | undefined;

  /** @param code - OAuth 2.0's, such as `invalid_client`. */
  constructor(status: number, code: string, number: number, message: string, suberror?: string) {
    super(status, code, number === 0 ? message : `AADSTS${number}: ${message}`);
    this.number = number;
    this.suberror = suberror;
  }
}

export function tenantNotFound(tenant: string): EntraError {
  return new EntraError(
    400,
    "invalid_tenant",
    90002,
    `Tenant '${cut(tenant)}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

export function applicationNotFound(clientId: string, tenant: string): EntraError {
  return new EntraError(
    400,
    "unauthorized_client",
    700016,
    `Application with identifier '${cut(clientId)}' was not found in the directory '${cut(tenant)}'.`,
  );
}

export function userNotFound(username: string, tenant: string): EntraError {
  return new EntraError(
    400,
    "invalid_grant",
    50034,
    `The user account ${cut(username)} does not exist in the ${cut(tenant)} directory. To sign into this application, the account must be added to the directory.`,
  );
}

export function missingParameter(name: string): EntraError {
  return new EntraError(
    400,
    "invalid_request",
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}

export function unsupportedGrant(grant: string): EntraError {
  return new EntraError(
    400,
    "unsupported_grant_type",
    70003,
    `The app requested an unsupported grant type '${cut(grant)}'.`,
  );
}

export function wrongSecret(clientId: string): EntraError {
  return invalidClient(
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  );
}

export function noClientCredential(): EntraError {
  return invalidClient(
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );
}

export function invalidClient(number: number, message: string): EntraError {
  return new EntraError(401, "invalid_client", number, message);
}

export function invalidGrant(number: number, message: string): EntraError {
  return new EntraError(400, "invalid_grant", number, message);
}

export function invalidScope(scope: string): EntraError {
  return new EntraError(
    400,
    "invalid_scope",
    70011,
    `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${cut(scope)} is not valid.`,
  );
}

export function scopeWithoutDefault(scope: string): EntraError {
  return new EntraError(
    400,
    "invalid_scope",
    1002012,
    `The provided value for scope ${cut(scope)} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

export function moreThanOneResource(scope: string): EntraError {
  return new EntraError(
    400,
    "invalid_scope",
    28000,
    `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${cut(scope)} is not valid.`,
  );
}

export function unknownResource(audience: string): EntraError {
  return new EntraError(
    400,
    "invalid_resource",
    500011,
    `The resource principal named ${cut(audience)} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  );
}

export function consentRequired(clientId: string, name: string): EntraError {
  return new EntraError(
    400,
    "invalid_grant",
    65001,
    `The user or administrator has not consented to use the application with ID '${clientId}' named '${cut(name)}'. Send an interactive authorization request for this user and resource.`,
    "consent_required",
  );
}

/** Entra calls this an invalid client, although it's the resource that is missing. */
export function lacksServicePrincipal(
  { clientId, name }: { readonly clientId: string; readonly name: string },
  tenantId: string,
): EntraError {
  return invalidClient(
    650052,
    `The app is trying to access a service '${clientId}'(${name}) that your organization '${tenantId}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.`,
  );
}

export function redirectUriMismatch(redirectUri: string, clientId: string): EntraError {
  return new EntraError(
    400,
    "invalid_request",
    50011,
    `The redirect URI '${cut(redirectUri)}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
  );
}

/** Shortens a value from the request for a message. */
function cut(text: string): string {
  return text.slice(0, 200);
}
