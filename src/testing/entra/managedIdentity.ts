import type { ServiceCore } from "../serviceCore.js";
import type { RequestHead } from "../wire/wire.js";
import { EntraError } from "./entraError.js";
import { scopesOf } from "./grants.js";
import { wellKnownEntra } from "./principals.js";
import { applicationTokens } from "./tokenResponse.js";

/** The path of `IDENTITY_ENDPOINT`, after the emulator's URL. */
export const identityPath = "/msi/token";

/** The value of `IDENTITY_HEADER`. In Azure it is a secret; here it is a well-known one. */
export const identityHeader = "acs-identity-emulator";

/** The path after `AZURE_POD_IDENTITY_AUTHORITY_HOST`, or after the fixed address that virtual machines use. */
export const imdsPath = "/metadata/identity/oauth2/token";

/**
 * Returns a managed identity's token, like App Service and virtual machines (IMDS). The identity is the application with
 * the requested client id, by default the well-known one.
 * @throws EntraError.
 */
export async function managedIdentityToken(
  core: ServiceCore,
  authorityHost: string,
  headers: RequestHead["headers"],
  path: string,
  query: URLSearchParams,
): Promise<object> {
  if (path === identityPath && headers.get("x-identity-header") !== identityHeader) {
    throw refusal(401, `The header X-IDENTITY-HEADER must be ${identityHeader}`);
  }
  if (path === imdsPath && headers.get("metadata")?.toLowerCase() !== "true") {
    throw refusal(400, "Required metadata header not specified");
  }
  const resource = query.get("resource") ?? "";
  const [requested] = scopesOf(core, `${resource}/.default`).resources;
  const clientId = query.get("client_id") ?? wellKnownEntra.clientId;
  const application = core.entra.directory.application(clientId);
  if (!application) throw refusal(400, "Identity not found");
  const token = { tenant: application.tenantId, authorityHost, form: query };
  const audience = requested?.audience ?? resource;
  const { access_token, expires_in } = await applicationTokens(core, token, application, audience);
  const now = core.clock.wallSeconds;
  return {
    access_token,
    client_id: application.clientId,
    expires_in: String(expires_in),
    expires_on: String(now + expires_in),
    ext_expires_in: String(expires_in),
    not_before: String(now),
    resource,
    token_type: "Bearer",
  };
}

function refusal(status: number, message: string): EntraError {
  return new EntraError("invalid_request", message, status);
}
