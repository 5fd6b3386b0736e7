import type { ServiceCore } from "../serviceCore.js";
import type { RequestHead, WireResponse } from "../wire/wire.js";
import { type AuthorizationCode, challengeIn, createCode } from "./authorizationCode.js";
import {
  applicationNotFound,
  EntraError,
  missingParameter,
  redirectUriMismatch,
  userNotFound,
} from "./entraError.js";
import { checkTenant, isInTenant, scopesOf } from "./grants.js";
import { escapeHtml, formPostResponse, htmlResponse } from "./html.js";
import type { Application, DirectoryUser } from "./principals.js";
import { consentedPermissions } from "./tokenResponse.js";

/** Redirects a browser that wants to sign in, or shows a choice of users. @throws EntraError. */
export async function signIn(
  core: ServiceCore,
  tenant: string,
  { query, request }: { readonly query: URLSearchParams; readonly request: RequestHead },
): Promise<WireResponse> {
  const outcome = await authorize(core, tenant, query);
  return "redirect" in outcome ? redirectResponse(outcome.redirect) : choicePage(outcome, request);
}

/** Shows a link for each user, which repeats the request with a login hint. */
function choicePage(
  { application, users }: Extract<AuthorizeOutcome, { users: unknown }>,
  request: RequestHead,
): Promise<WireResponse> {
  const links = users.map(({ username, name, hasRole, hasTeamsLicense }) => {
    const link = new URL(request.target, "http://host");
    link.searchParams.set("login_hint", username);
    link.searchParams.delete("prompt");
    const facts = [
      username,
      hasRole ? "role on the resource" : "no role on the resource",
      hasTeamsLicense ? "Teams license" : "no Teams license",
    ];
    return `<li><a href="${escapeHtml(link.pathname + link.search)}">${escapeHtml(name)}<small>${escapeHtml(facts.join(", "))}</small></a></li>`;
  });
  const list = links.length > 0 ? `<ul>${links.join("")}</ul>` : "<p>This tenant has no users.</p>";
  const heading = `<h1>Sign in to ${escapeHtml(application.name)}</h1>`;
  return htmlResponse(200, "Sign in", `${heading}<p>The emulator asks for no password.</p>${list}`);
}

/** There is no session to end, so this only redirects back to the app if it may. */
export function signOut(
  core: ServiceCore,
  parameters: URLSearchParams,
): WireResponse | Promise<WireResponse> {
  const uri = parameters.get("post_logout_redirect_uri") ?? "";
  const state = parameters.get("state");
  if (!core.entra.directory.applications.some((application) => isAllowed(uri, application))) {
    return htmlResponse(200, "Signed out", "<h1>You are signed out</h1>");
  }
  const url = new URL(uri);
  if (state !== null) url.searchParams.set("state", state);
  return foundResponse(url.href);
}

/** Where and how a sign-in redirects the browser. */
export interface Redirect {
  readonly uri: string;
  readonly mode: "query" | "fragment" | "form_post";
  readonly parameters: Readonly<Record<string, string>>;
}

/** Redirects the browser to the application. */
async function redirectResponse({ uri, mode, parameters }: Redirect): Promise<WireResponse> {
  if (mode === "form_post") return formPostResponse(uri, parameters);
  const url = new URL(uri);
  if (mode === "fragment") url.hash = new URLSearchParams(parameters).toString();
  else for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return foundResponse(url.href);
}

function foundResponse(url: string): WireResponse {
  return {
    status: 302,
    headers: [
      ["Location", url],
      ["Content-Length", "0"],
      ["Cache-Control", "no-store"],
      ["Referrer-Policy", "no-referrer"],
    ],
    chunked: false,
  };
}

/** The next step of a sign-in: a redirect to the application, or a choice of users. */
export type AuthorizeOutcome =
  | { readonly redirect: Redirect }
  | { readonly application: Application; readonly users: readonly DirectoryUser[] };

/**
 * Handles a request to the authorization endpoint. A `login_hint` that names a user signs that user in without a
 * password, unless `prompt` asks for a choice.
 * @param tenant - The tenant in the path, in lower case.
 * @throws EntraError if the tenant, application or redirect URI isn't valid. Other errors become a redirect.
 */
export async function authorize(
  core: ServiceCore,
  tenant: string,
  query: URLSearchParams,
): Promise<AuthorizeOutcome> {
  checkTenant(core, tenant);
  const clientId = query.get("client_id") ?? "";
  const application = core.entra.directory.application(clientId);
  if (!application) throw applicationNotFound(clientId, tenant);
  const uri = query.get("redirect_uri") ?? "";
  if (!isAllowed(uri, application)) throw redirectUriMismatch(uri, application.clientId);
  const state = query.get("state");
  const redirect = (parameters: Redirect["parameters"]): AuthorizeOutcome => ({
    redirect: { uri, mode: modeOf(query), parameters: { ...parameters, ...(state ? { state } : {}) } },
  });
  try {
    return await nextStep();
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    const { message: error_description, suberror } = error;
    return redirect({
      // The token endpoint reports missing consent as an invalid grant, but this endpoint has its own error for it.
      error: suberror ?? error.code,
      error_description,
      ...(suberror === undefined ? {} : { suberror }),
    });
  }

  async function nextStep(): Promise<AuthorizeOutcome> {
    const scope = query.get("scope");
    if (!scope) throw missingParameter("scope");
    const { resources } = scopesOf(core, scope);
    if (query.get("response_type") !== "code") throw onlyCodes(String(query.get("response_type")));
    const challenge = challengeIn(query);
    const users = core.entra.directory.users.filter((user) => isInTenant(user, tenant));
    const prompt = query.get("prompt");
    const user = ["login", "select_account"].includes(prompt ?? "") ? undefined : hintedUser(core, query);
    if (!user) {
      if (prompt === "none") throw noSession();
      return { application, users } as AuthorizeOutcome;
    }
    if (!isInTenant(user, tenant)) throw userNotFound(user.username, tenant);
    for (const resource of resources) {
      consentedPermissions(core, resource, application as Application, user.tenantId);
    }
    const code = await createCode(
      core,
      codeContent(query, user, clientId.toLowerCase(), uri, scope, challenge),
    );
    return redirect({ code });
  }
}

function codeContent(
  query: URLSearchParams,
  { objectId }: DirectoryUser,
  clientId: string,
  redirectUri: string,
  scope: string,
  challenge: string | undefined,
): AuthorizationCode {
  const nonce = query.get("nonce");
  return {
    clientId,
    objectId,
    redirectUri,
    scope,
    ...(nonce ? { nonce } : {}),
    ...(challenge !== undefined && { challenge }),
  };
}

function hintedUser(
  { entra: { directory } }: ServiceCore,
  query: URLSearchParams,
): DirectoryUser | undefined {
  const name = query.get("login_hint");
  return name === null ? undefined : directory.userByName(name);
}

/** Allows redirects to a loopback address or a registered URI only, so that no code goes anywhere else. */
function isAllowed(uri: string, { redirectUris }: Application): boolean {
  if (redirectUris.includes(uri)) return true;
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return (
    ["http:", "https:"].includes(protocol) &&
    /^(?:localhost|[\w-]+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
  );
}

function modeOf(query: URLSearchParams): Redirect["mode"] {
  const mode = query.get("response_mode");
  return mode === "fragment" || mode === "form_post" ? mode : "query";
}

function onlyCodes(responseType: string): EntraError {
  return new EntraError(
    "unsupported_response_type",
    `AADSTS700054: response_type '${responseType.slice(0, 200)}' is not enabled for the application. This authority only issues codes.`,
  );
}

function noSession(): EntraError {
  return new EntraError(
    "login_required",
    "AADSTS50058: A silent sign-in request was sent but no user is signed in. This authority keeps no sessions: send a login_hint.",
  );
}
