import type { ServiceCore } from "../serviceCore.js";
import { type Claims, expiryOf, readJwt, textOf } from "../tokens/jwt.js";
import { isSignedHere, unseal } from "../tokens/signingKey.js";
import { redeemCode } from "./authorizationCode.js";
import { authenticateClient } from "./clientAuthentication.js";
import {
  applicationNotFound,
  EntraError,
  invalidGrant,
  missingParameter,
  moreThanOneResource,
  noClientCredential,
  scopeWithoutDefault,
  tenantNotFound,
  unsupportedGrant,
  userNotFound,
} from "./entraError.js";
import { type RequestedScopes, readScopes } from "./permissions.js";
import type { Application, DirectoryUser } from "./principals.js";
import {
  applicationTokens,
  type GrantRequest,
  type TokenResponse,
  type UserGrant,
  userTokens,
} from "./tokenResponse.js";

type Grant = (
  core: ServiceCore,
  request: GrantRequest,
  application: Application,
  isConfidential: boolean,
) => Promise<TokenResponse>;

/** Handles a request to the token endpoint. @throws EntraError for an error response. */
export async function grantTokens(core: ServiceCore, request: GrantRequest): Promise<TokenResponse> {
  const { directory } = core.entra;
  const { tenant, form } = request;
  checkTenant(core, tenant);
  const name = required(form, "grant_type");
  const grant = Object.hasOwn(grants, name) ? grants[name] : undefined;
  if (!grant) throw unsupportedGrant(name);
  const clientId = required(form, "client_id");
  const application = directory.application(clientId);
  if (!application) throw applicationNotFound(clientId, tenant);
  const isConfidential = await authenticateClient(core.clock, application, form, tenant);
  return grant(core, request, application, isConfidential);
}

/** Names that stand for the user's own tenant. */
const anyTenant: readonly string[] = ["common", "organizations"];

/** @throws EntraError if there is no such tenant. */
export function checkTenant({ entra }: ServiceCore, tenant: string): void {
  if (!anyTenant.includes(tenant) && !entra.directory.hasTenant(tenant)) throw tenantNotFound(tenant);
}

const clientCredentials: Grant = async (core, request, application, isConfidential) => {
  const { tenant, form } = request;
  if (tenant !== application.tenantId) throw applicationNotFound(application.clientId, tenant);
  if (!isConfidential) throw noClientCredential();
  const scope = required(form, "scope");
  const { resources } = scopesOf(core, scope);
  const [resource, another] = resources;
  if (!resource?.permissions.every((permission) => permission === ".default")) {
    throw scopeWithoutDefault(scope);
  }
  if (another) throw moreThanOneResource(scope);
  return applicationTokens(core, request, application, resource.audience);
};

const onBehalfOf: Grant = async (core, request, application, isConfidential) => {
  const { form } = request;
  if (!isConfidential) throw noClientCredential();
  if (form.get("requested_token_use") !== "on_behalf_of") throw missingParameter("requested_token_use");
  const claims = await readAssertion(core, required(form, "assertion"), application);
  const scope = required(form, "scope");
  return tokensOf(core, request, { application, objectId: textOf(claims.oid), scope, isConfidential });
};

async function readAssertion(
  { clock }: ServiceCore,
  assertion: string,
  { clientId }: Application,
): Promise<Claims> {
  const jwt = readJwt(assertion);
  if (!jwt || !(await isSignedHere(jwt))) {
    throw invalidGrant(
      "AADSTS50013: Assertion failed signature validation. This authority did not issue it.",
    );
  }
  const { claims } = jwt;
  // The audience is a client id or an application ID URI (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
  if (![clientId, `api://${clientId}`].includes(textOf(claims.aud).toLowerCase())) {
    throw invalidGrant(
      `AADSTS500131: Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '${textOf(claims.aud)}' and the expected audience is '${clientId}'.`,
    );
  }
  const expiry = expiryOf(claims, clock.wallTime);
  if (typeof expiry === "string") {
    throw invalidGrant(`AADSTS500133: Assertion is not within its valid time range: it ${expiry}.`);
  }
  return claims;
}

const authorizationCode: Grant = async (core, request, application, isConfidential) => {
  const { form } = request;
  const code = await redeemCode(core, required(form, "code"), {
    clientId: application.clientId,
    redirectUri: required(form, "redirect_uri"),
    verifier: form.get("code_verifier"),
  });
  if (!isConfidential && code.challenge === undefined) throw noClientCredential();
  const { objectId, nonce } = code;
  const scope = form.get("scope") ?? code.scope;
  return tokensOf(core, request, { application, objectId, scope, nonce, isConfidential });
};

const deviceCode: Grant = async (core, request, application, isConfidential) => {
  const { form } = request;
  const signIn = redeemDeviceCode(core, required(form, "device_code"), application.clientId);
  const scope = form.get("scope") ?? signIn.scope;
  return tokensOf(core, request, { application, objectId: signIn.objectId, scope, isConfidential });
};

/** Returns the user and scopes of a device code, once. @throws EntraError until a user has signed in. */
function redeemDeviceCode(
  { clock, entra: { deviceSignIns } }: ServiceCore,
  deviceCode: string,
  clientId: string,
): { readonly objectId: string; readonly scope: string } {
  const signIn = deviceSignIns.get(deviceCode);
  if (!signIn || signIn.clientId !== clientId) {
    throw invalidGrant("AADSTS70000: The provided value for the input parameter 'device_code' is not valid.");
  }
  const { objectId, scope, expiresAt } = signIn;
  if (expiresAt < clock.wallTime) {
    throw new EntraError(
      "expired_token",
      "AADSTS70020: The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    );
  }
  if (objectId === undefined) {
    throw new EntraError(
      "authorization_pending",
      "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    );
  }
  deviceSignIns.delete(deviceCode);
  return { objectId, scope };
}

const refreshToken: Grant = async (core, request, application, isConfidential) => {
  const { form } = request;
  const claims = await unseal("refresh", required(form, "refresh_token"));
  if (!claims || claims.clientId !== application.clientId) {
    throw invalidGrant(
      "AADSTS70000: The provided value for the input parameter 'refresh_token' is not valid.",
    );
  }
  if (typeof expiryOf(claims, core.clock.wallTime) === "string") {
    throw invalidGrant("AADSTS700082: The refresh token has expired due to inactivity.");
  }
  if (claims.isConfidential === true && !isConfidential) throw noClientCredential();
  const scope = form.get("scope") ?? textOf(claims.scope);
  return tokensOf(core, request, { application, objectId: textOf(claims.objectId), scope, isConfidential });
};

const grants: Readonly<Record<string, Grant>> = {
  client_credentials: clientCredentials,
  "urn:ietf:params:oauth:grant-type:jwt-bearer": onBehalfOf,
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  "urn:ietf:params:oauth:grant-type:device_code": deviceCode,
  // MSAL's name for it.
  device_code: deviceCode,
};

/** @throws EntraError if the user doesn't exist or belongs to another tenant. */
function tokensOf(
  core: ServiceCore,
  request: GrantRequest,
  { objectId, ...grant }: Omit<UserGrant, "user" | "scopes"> & { readonly objectId: string },
): Promise<TokenResponse> {
  const user = core.entra.directory.user(objectId);
  if (!user || !isInTenant(user, request.tenant)) throw userNotFound(objectId, request.tenant);
  return userTokens(core, request, { ...grant, user, scopes: scopesOf(core, grant.scope) });
}

/** Returns whether the user may sign in under this tenant's name. */
export function isInTenant(user: DirectoryUser, tenant: string): boolean {
  return anyTenant.includes(tenant) || user.tenantId === tenant;
}

/** @throws EntraError if a resource or permission does not exist. */
export function scopesOf({ entra, settings }: ServiceCore, scope: string): RequestedScopes {
  const isApplication = (clientId: string) => entra.directory.application(clientId) !== undefined;
  return readScopes(scope, isApplication, settings.audience);
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw missingParameter(name);
  return value;
}
