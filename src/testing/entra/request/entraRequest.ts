import type { Fake } from "../../service/fake.js";
import type { Application, DirectoryUser } from "../../state/entries/principals.js";
import { base64Decode, utf8Decode } from "../../wire/bytes.js";
import type { Call } from "../../wire/call.js";
import {
  applicationNotFound,
  duplicatedParameter,
  EntraError,
  missingParameter,
  shortened,
} from "../errors/entraError.js";
import { type RequestedScopes, readRequestedScopes } from "./scopes.js";

export interface EntraRequest {
  /** The tenant of the path: an id, `common` or `organizations`, or any other text in lower case. */
  readonly tenant: string;
  /** The authority's origin as the client addressed it, such as `https://host`. */
  readonly authorityHost: string;
  /** From the form or the query, without those that have no value (RFC 6749, 3.1 and 3.2). */
  readonly parameters: URLSearchParams;
}

/** Reads what a client sent to the authority. @throws EntraError if the body isn't a form, or repeats a parameter. */
export function readEntraRequest(
  { entra: { directory } }: Fake,
  { request, query, body, pathParameters }: Call,
): EntraRequest {
  const sent = new URLSearchParams(request.method === "POST" ? formText(body) : query);
  const repeated = firstRepeated(sent.keys());
  if (repeated !== undefined) throw duplicatedParameter(repeated);
  const given = new URLSearchParams([...sent].filter(([, value]) => value !== ""));
  if (request.method === "POST") addBasicCredentials(given, request.headers.get("authorization"));
  const { tenant = "" } = pathParameters;
  return {
    tenant: directory.tenantNamed(tenant),
    authorityHost: `${request.scheme}://${request.host}`,
    parameters: given,
  };
}

function firstRepeated(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function formText(body: Uint8Array): string {
  try {
    return utf8Decode(body);
  } catch {
    throw new EntraError("invalid_request", "AADSTS900142: The request body isn't a form in UTF-8.");
  }
}

/**
 * Moves the id and secret of a client that sends them in the header into the parameters (RFC 6749, 2.3.1). An empty secret is
 * none: some public clients send that.
 */
function addBasicCredentials(parameters: URLSearchParams, authorization = ""): void {
  const [, encoded = ""] = /^Basic (\S+)$/i.exec(authorization) ?? [];
  const [, id = "", secret = ""] =
    /^([^:]*):(.*)$/s.exec(new TextDecoder().decode(base64Decode(encoded))) ?? [];
  for (const [name, value] of Object.entries({ client_id: id, client_secret: secret })) {
    const [[, decoded = ""] = []] = new URLSearchParams(`=${value.replaceAll("&", "%26")}`);
    if (decoded !== "") parameters.set(name, decoded);
  }
}

/** Returns whether users of every tenant may sign in under this name, which is no tenant's own. */
export function isForEveryTenant(tenant: string): boolean {
  return tenant === "common" || tenant === "organizations";
}

/** @throws EntraError if there is no such tenant. */
export function checkTenant({ entra }: Fake, tenant: string): void {
  if (isForEveryTenant(tenant) || entra.directory.hasTenant(tenant)) return;
  throw new EntraError(
    "invalid_tenant",
    `AADSTS90002: Tenant '${shortened(tenant)}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

/** @throws EntraError if there is no such tenant or application. */
export function requestedApplication(fake: Fake, { tenant, parameters }: EntraRequest): Application {
  checkTenant(fake, tenant);
  const clientId = requiredParameter(parameters, "client_id");
  const application = fake.entra.directory.application(clientId);
  if (!application) throw applicationNotFound(clientId, tenant);
  return application;
}

/** Returns whether the user may sign in under this tenant's name. */
export function isInTenant(user: DirectoryUser, tenant: string): boolean {
  return isForEveryTenant(tenant) || user.tenantId === tenant;
}

/** Returns the users who may sign in under this tenant's name. */
export function usersInTenant({ entra }: Fake, tenant: string): DirectoryUser[] {
  return entra.directory.users.filter((user) => isInTenant(user, tenant));
}

/** @throws EntraError if a resource or permission does not exist. */
export function requestedScopes(
  { entra, settings }: Fake,
  scope: string,
  { name }: Pick<Application, "name">,
): RequestedScopes {
  const isApplication = (clientId: string) => entra.directory.application(clientId) !== undefined;
  return readRequestedScopes(scope, isApplication, { ownAudience: settings.audience, askedBy: name });
}

/** @throws EntraError if there is no such parameter. */
export function requiredParameter(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (!value) throw missingParameter(name);
  return value;
}
