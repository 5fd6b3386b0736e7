import { authorityHostOf, entraResponse } from "../../testing/entra/authority.js";
import { EntraError } from "../../testing/entra/entraError.js";
import { scopesOf } from "../../testing/entra/grants.js";
import { wellKnownEntra } from "../../testing/entra/principals.js";
import { applicationTokens } from "../../testing/entra/tokenResponse.js";
import type { ServiceCore } from "../../testing/serviceCore.js";
import type { WireRequest, WireResponse } from "../../testing/wire/wire.js";

/** The path of `IDENTITY_ENDPOINT`, after the emulator's URL. */
export const identityPath = "/msi/token";

/** The value of `IDENTITY_HEADER`. In Azure it is a secret; here it is a well-known one. */
export const identityHeader = "acs-identity-emulator";

/** The path after `AZURE_POD_IDENTITY_AUTHORITY_HOST`, or after the fixed address that virtual machines use. */
const imdsPath = "/metadata/identity/oauth2/token";

/**
 * Answers requests for a managed identity's token, like App Service and virtual machines (IMDS). The identity is the
 * application with the requested client id, by default the well-known one. Returns undefined for other requests.
 */
export async function managedIdentityResponse(
  core: ServiceCore,
  request: WireRequest,
): Promise<WireResponse | undefined> {
  const [path = "", query = ""] = request.target.split("?", 2);
  if (request.method !== "GET" || (path !== identityPath && path !== imdsPath)) return undefined;
  return entraResponse(core, request, () => {
    const { headers } = request;
    if (path === identityPath && headers.get("x-identity-header") !== identityHeader) {
      throw refusal(401, `The header X-IDENTITY-HEADER must be ${identityHeader}`);
    }
    if (path === imdsPath && headers.get("metadata")?.toLowerCase() !== "true") {
      throw refusal(400, "Required metadata header not specified");
    }
    return tokenOf(core, request, new URLSearchParams(query));
  });
}

async function tokenOf(core: ServiceCore, request: WireRequest, query: URLSearchParams): Promise<object> {
  const resource = query.get("resource") ?? "";
  const [requested] = scopesOf(core, `${resource}/.default`).resources;
  const clientId = query.get("client_id") ?? wellKnownEntra.clientId;
  const application = core.entra.directory.application(clientId);
  if (!application) throw refusal(400, "Identity not found");
  const token = { tenant: application.tenantId, authorityHost: authorityHostOf(request), form: query };
  const audience = requested?.audience ?? resource;
  const { access_token, expires_in } = await applicationTokens(token, application, audience);
  const now = Math.floor(Date.now() / 1000);
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
  return new EntraError(status, "invalid_request", 0, message);
}
