import type { Fake } from "../../service/fake.js";
import { type Application, wellKnownEntra } from "../../state/entries/principals.js";
import type { Call } from "../../wire/call.js";
import { uncachedJson } from "../../wire/uncachedJson.js";
import type { WireResponse } from "../../wire/wire.js";
import { EntraError } from "../errors/entraError.js";
import { jsonRefusal } from "../errors/jsonRefusal.js";
import { type EntraRequest, requestedScopes } from "../request/entraRequest.js";
import { applicationTokens } from "../tokens/tokenResponse.js";

/** The path of `IDENTITY_ENDPOINT`, after the emulator's URL. */
export const identityPath = "/msi/token";

/** The value of `IDENTITY_HEADER`. In Azure it is a secret; here it is a well-known one. */
export const identityHeader = "acs-identity-emulator";

/** The path after `AZURE_POD_IDENTITY_AUTHORITY_HOST`, or after the fixed address that virtual machines use. */
export const imdsPath = "/metadata/identity/oauth2/token";

/**
 * Returns a managed identity's token, like App Service and virtual machines (IMDS). The identity is the application with
 * the requested client id or object id, by default the well-known one.
 * @throws EntraError.
 */
export async function managedIdentityToken(
  fake: Fake,
  request: EntraRequest,
  { row, request: { headers } }: Call,
): Promise<object> {
  const { parameters } = request;
  if (row?.path === identityPath && headers.get("x-identity-header") !== identityHeader) {
    throw refusal(401, `The header X-IDENTITY-HEADER must be ${identityHeader}`);
  }
  if (row?.path === imdsPath && headers.get("metadata")?.toLowerCase() !== "true") {
    throw refusal(400, "Required metadata header not specified");
  }
  const resource = parameters.get("resource") ?? "";
  const [requested] = requestedScopes(fake, `${resource}/.default`, {
    name: "The managed identity",
  }).resources;
  const application = requestedIdentity(fake, parameters);
  if (!application) {
    const isVirtualMachine = row?.path === imdsPath;
    throw refusal(
      400,
      isVirtualMachine ? "Identity not found" : "No MSI found for specified ClientId/ResourceId.",
    );
  }
  const audience = requested?.audience ?? resource;
  const { access_token, expires_in } = await applicationTokens(
    fake,
    request,
    application,
    audience,
    "certificate",
  );
  const now = fake.clock.wallSeconds;
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

/** Nothing here has a resource id, with which Azure also knows an identity. */
function requestedIdentity(
  { entra: { directory } }: Fake,
  parameters: URLSearchParams,
): Application | undefined {
  if (parameters.has("mi_res_id") || parameters.has("msi_res_id")) return undefined;
  const objectId = parameters.get("object_id") ?? parameters.get("principal_id");
  return objectId === null
    ? directory.application(parameters.get("client_id") ?? wellKnownEntra.clientId)
    : directory.applications.find((one) => one.objectId === objectId.toLowerCase());
}

function refusal(status: number, message: string): EntraError {
  return new EntraError("invalid_request", message, status);
}

/** Refuses a call in the words of App Service or, at the address of virtual machines, in those of Entra ID. */
export function managedIdentityRefusal(fake: Fake, error: EntraError, call: Call): WireResponse {
  const { status: statusCode, message } = error;
  const correlationId = crypto.randomUUID();
  return call.row?.path === identityPath
    ? uncachedJson(statusCode, { statusCode, message, correlationId })
    : jsonRefusal(fake, error, call);
}
