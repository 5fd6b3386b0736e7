import { HttpError, type HttpErrorOptions, type Topic } from "../../wire/httpError.js";
import { authorityRemedyFor } from "./authorityRemedies.js";

/** An error response of Entra ID. */
export class EntraError extends HttpError {
  override readonly name = "EntraError";
  /** The number after `AADSTS` in the message, or 0 if there is none, as for managed identities. */
  readonly aadstsNumber: number;
  /** Tells MSAL which kind of the error this is, for example `consent_required`. */
  readonly suberror: string | undefined;

  /** @param code - OAuth 2.0's, such as `invalid_client`. */
  constructor(
    code: string,
    message: string,
    status = 400,
    options: HttpErrorOptions & { readonly suberror?: string } = {},
  ) {
    const aadstsNumber = Number(/^AADSTS(\d+): /.exec(message)?.[1] ?? 0);
    const diagnosis = authorityRemedyFor(aadstsNumber);
    super(status, code, message, { ...(diagnosis !== undefined && { diagnosis }), ...options });
    this.aadstsNumber = aadstsNumber;
    this.suberror = options.suberror;
  }

  override get topic(): Topic {
    return "entra-id-errors-of-the-emulator";
  }
}

export function applicationNotFound(clientId: string, tenant: string): EntraError {
  return new EntraError(
    "unauthorized_client",
    `AADSTS700016: Application with identifier '${shortened(clientId)}' was not found in the directory '${shortened(tenant)}'.`,
  );
}

export function userNotFound(username: string, tenant: string): EntraError {
  return new EntraError(
    "invalid_grant",
    `AADSTS50034: The user account ${shortened(username)} does not exist in the ${shortened(tenant)} directory. To sign into this application, the account must be added to the directory.`,
  );
}

export function missingParameter(name: string): EntraError {
  return new EntraError(
    "invalid_request",
    `AADSTS900144: The request body must contain the following parameter: '${name}'.`,
  );
}

/** RFC 6749, 3.1 and 3.2: no parameter may stand in a request twice. */
export function duplicatedParameter(name: string): EntraError {
  return new EntraError(
    "invalid_request",
    `AADSTS9000411: The request is not properly formatted. The parameter '${shortened(name)}' is duplicated.`,
  );
}

export function wrongSecret(clientId: string): EntraError {
  return invalidClient(
    `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  );
}

export function noClientCredential(): EntraError {
  return invalidClient(
    "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );
}

export const notFederated =
  "Federated identities aren't emulated: let the application sign in with a secret or a certificate, or as a managed identity.";

export function invalidClient(message: string): EntraError {
  return new EntraError("invalid_client", message, 401);
}

export function invalidGrant(message: string): EntraError {
  return new EntraError("invalid_grant", message);
}

export function invalidScope(scope: string): EntraError {
  return new EntraError(
    "invalid_scope",
    `AADSTS70011: The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${shortened(scope)} is not valid.`,
  );
}

export function unknownPermission(askedBy: string, permission: string, resource: string): EntraError {
  return invalidClient(
    `AADSTS650053: The application '${shortened(askedBy)}' asked for scope '${shortened(permission)}' that doesn't exist on the resource '${shortened(resource)}'. Contact the app vendor.`,
  );
}

export function unknownDeviceCode(): EntraError {
  return new EntraError(
    "bad_verification_code",
    "AADSTS7000014: The provided value for the input parameter 'device_code' is not valid.",
  );
}

export function moreThanOneResource(scope: string): EntraError {
  return new EntraError(
    "invalid_scope",
    `AADSTS28000: Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${shortened(scope)} is not valid.`,
  );
}

/** The audience of a managed identity's token that an application signs in with. */
const federated = "api://azureadtokenexchange";

export function unknownResource(audience: string): EntraError {
  const reason =
    audience === federated
      ? notFederated
      : "This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.";
  return new EntraError(
    "invalid_resource",
    `AADSTS500011: The resource principal named ${shortened(audience)} was not found in the tenant. ${reason}`,
  );
}

export function consentRequired(clientId: string, name: string): EntraError {
  return new EntraError(
    "invalid_grant",
    `AADSTS65001: The user or administrator has not consented to use the application with ID '${clientId}' named '${shortened(name)}'. Send an interactive authorization request for this user and resource.`,
    400,
    { suberror: "consent_required" },
  );
}

/** Entra calls this an invalid client, although it's the resource that is missing. */
export function lacksServicePrincipal(
  { clientId, name }: { readonly clientId: string; readonly name: string },
  tenantId: string,
): EntraError {
  return invalidClient(
    `AADSTS650052: The app is trying to access a service '${clientId}'(${name}) that your organization '${tenantId}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.`,
  );
}

/** Shortens a value from the request for a message. */
export function shortened(text: string): string {
  return text.slice(0, 200);
}
